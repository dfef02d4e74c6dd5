"""The back office of push: push-and-inbox.md 10.3."""

from push.admin import campaigns, credentials, devices, messages

__all__ = ["campaigns", "credentials", "devices", "messages"]
