"""Which PowerAuth Server this process talks to."""

from powerauth.backends.base import PowerAuthBackend
from powerauth.backends.embedded import EmbeddedBackend

_EMBEDDED = EmbeddedBackend()


def get_backend() -> PowerAuthBackend:
    """Give the configured PowerAuth Server."""
    return _EMBEDDED
