"""Bytes to values and back: JSON, its numbers and scalars, and the members of a payload."""
