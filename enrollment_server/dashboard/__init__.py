"""The front page of the back office, and its navigation."""
