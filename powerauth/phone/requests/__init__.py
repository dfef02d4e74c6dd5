"""Requests of the phone: signed, encrypted, sent, and their answers distrusted."""
