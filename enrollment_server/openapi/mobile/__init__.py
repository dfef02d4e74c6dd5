"""The tables of what mobile apps call."""
