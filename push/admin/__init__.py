"""The back office of push: push-and-inbox.md 10.3."""

from push.admin import credentials, devices, messages

__all__ = ["credentials", "devices", "messages"]
