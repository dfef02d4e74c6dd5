"""A server in front of others elsewhere; those are other instances of our own."""
