"""Whether some phone could get a message at all: push-and-inbox.md 5.4."""

from datetime import datetime

from push.messages import limits
from push.messages.limits import InvalidMessage
from push.messages.values import PushMessage
from push.outbox import policy
from push.providers.sizes import too_long_for


class MessageTooLong(Exception):
    """A provider would not take so much."""


def check(message: PushMessage, *, at: datetime) -> None:
    """Refuse a message that some provider would not take.

    Raises:
        InvalidMessage: its text says why.
        MessageTooLong
    """
    limits.check(message)
    if too_long_for(message, at=at, fcm_data_only=policy.provider_settings().fcm_data_only):
        raise MessageTooLong


__all__ = ["InvalidMessage", "MessageTooLong", "check"]
