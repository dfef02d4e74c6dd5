"""Huawei: messages with the client id and secret of an app; push-and-inbox.md 5.3."""
