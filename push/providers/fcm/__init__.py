"""Google: HTTP v1 with the service account of a project; push-and-inbox.md 5.2."""
