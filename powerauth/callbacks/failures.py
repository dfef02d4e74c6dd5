"""Why an attempt to deliver an event failed."""

from datetime import timedelta


class DeliveryFailed(Exception):
    """An attempt failed; the text is a short reason without secrets, bodies and addresses.

    Args:
        asked: the pause that the receiver asked for.
    """

    def __init__(self, reason: str, *, asked: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
