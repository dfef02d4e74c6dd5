"""Which PowerAuth Server this process talks to."""

from powerauth.backends.base import PowerAuthBackend
from powerauth.backends.embedded import EmbeddedBackend
from powerauth.backends.remote import RemoteBackend
from powerauth.remote.server import is_remote

_EMBEDDED = EmbeddedBackend()
_REMOTE = RemoteBackend()


def get_backend() -> PowerAuthBackend:
    """Give the configured PowerAuth Server."""
    return _REMOTE if is_remote() else _EMBEDDED
