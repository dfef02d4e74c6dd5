"""The `ui` object of an operation: what an app shows around the approval."""
