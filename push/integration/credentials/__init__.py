"""Credentials of applications for providers, set by back ends: push-and-inbox.md 9."""
