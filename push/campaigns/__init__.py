"""One message for many users: written by back ends and the back office, sent by workers."""
