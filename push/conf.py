"""Where the devices of this process are registered."""

from push.backends.base import PushBackend
from push.backends.embedded import EmbeddedBackend

_EMBEDDED = EmbeddedBackend()


def get_backend() -> PushBackend:
    """Give the configured registry of devices."""
    return _EMBEDDED
