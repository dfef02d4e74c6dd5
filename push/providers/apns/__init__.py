"""Apple: HTTP/2 with a token that we sign ourselves; push-and-inbox.md 5.1."""
