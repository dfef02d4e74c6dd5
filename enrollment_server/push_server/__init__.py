"""A Push Server elsewhere: which one it is, and its calls. Their callers know what they mean."""
