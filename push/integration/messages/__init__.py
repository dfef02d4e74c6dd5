"""Messages that back ends send: push-and-inbox.md 4."""
