"""What back ends call to write messages and to see what was read."""
