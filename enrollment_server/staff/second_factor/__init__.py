"""One-time codes as second factor, and what somebody does with their own."""
