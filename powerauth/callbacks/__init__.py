"""Delivery of callbacks to the bank's systems: integration-api.md 11."""

from powerauth.callbacks.delivery import Dispatcher, deliver_due
from powerauth.callbacks.retention import prune_finished

__all__ = ["Dispatcher", "deliver_due", "prune_finished"]
