"""Campaigns as back ends prepare and send them: push-and-inbox.md 8."""
