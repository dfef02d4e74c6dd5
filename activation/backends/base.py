"""What this app needs of a PowerAuth Server."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from activation.spawn.values import IssuedActivation, NewActivation


class ActivationBackend(Protocol):
    """A PowerAuth Server, embedded or remote."""

    def create(
        self,
        activation: NewActivation,
        *,
        at: datetime,
        record: Callable[[IssuedActivation], None],
    ) -> IssuedActivation:
        """Create an activation whose OTP is due on key exchange.

        Args:
            record: writes down in our own database that it exists; in one transaction with it, if
                that is where it is.

        Raises:
            EngineRefusal: the server refuses.
        """
        ...

    def configuration(self, application_id: str, key: str) -> list[Any]:
        """Give the values that an application has under a key, none if it has none."""
        ...
