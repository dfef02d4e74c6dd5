"""What this app needs of a PowerAuth Server."""

from datetime import datetime
from typing import Any, Protocol

from activation.spawn.values import IssuedActivation, NewActivation


class ActivationBackend(Protocol):
    """A PowerAuth Server, embedded or remote."""

    def create(self, activation: NewActivation, *, at: datetime) -> IssuedActivation:
        """Create an activation whose OTP is due on key exchange.

        Raises:
            EngineRefusal: the server refuses.
        """
        ...

    def configuration(self, application_id: str, key: str) -> list[Any]:
        """Give the values that an application has under a key, none if it has none."""
        ...
