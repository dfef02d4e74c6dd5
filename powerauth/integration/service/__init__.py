"""Methods about the service itself: its state, its error codes, its callers."""
