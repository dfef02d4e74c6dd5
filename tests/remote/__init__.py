"""A server in front of a PowerAuth Server elsewhere; that is another instance of our own."""
