"""Secrets at rest: sealed records, what each is bound to, and their encryption under a new key."""
