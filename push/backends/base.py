"""What the mobile endpoints need of a registry of devices."""

from datetime import datetime
from typing import Protocol

from push.values import Registration


class PushBackend(Protocol):
    """Where devices are registered, embedded or remote."""

    def register(self, registration: Registration, *, at: datetime) -> None:
        """Register a device, or bring its registration up to date.

        Raises:
            InvalidActivation: application or activation cannot be used any more.
            PushRegistrationFailed: the registry refuses for another reason, or is out of reach.
        """
        ...
