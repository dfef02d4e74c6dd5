"""Who verifies what phones send: the interface that HTTP calls, and our own engine behind it."""
