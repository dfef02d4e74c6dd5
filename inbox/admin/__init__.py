"""The back office of the inbox: push-and-inbox.md 10.3."""

from inbox.admin import messages

__all__ = ["messages"]
