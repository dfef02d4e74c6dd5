"""What the providers say they refuse, as pure functions; push-and-inbox.md 5 and 6."""
