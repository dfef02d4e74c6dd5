"""Logins at the bank's OpenID Connect provider, and whom its claims name."""
