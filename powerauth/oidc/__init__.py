"""Logging in at an OpenID Connect provider of the bank: standard-rest-api.md 10."""
