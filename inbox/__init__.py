"""Messages of the bank to its users: written by back ends, read by phones."""
