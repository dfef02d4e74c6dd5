"""Where the devices of this process are registered."""

from enrollment_server.push_server.server import is_remote
from push.backends.base import PushBackend
from push.backends.embedded import EmbeddedBackend
from push.backends.remote import RemoteBackend

_EMBEDDED = EmbeddedBackend()
_REMOTE = RemoteBackend()


def get_backend() -> PushBackend:
    """Give the configured registry of devices."""
    return _REMOTE if is_remote() else _EMBEDDED
