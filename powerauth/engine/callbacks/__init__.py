"""The callbacks of applications and the outbox of their events.

Who calls the bank is `powerauth.callbacks`.
"""
