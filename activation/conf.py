"""Where new activations come from in this process."""

from activation.backends.base import ActivationBackend
from activation.backends.embedded import EmbeddedBackend
from activation.backends.remote import RemoteBackend
from powerauth.remote.server import is_remote

_EMBEDDED = EmbeddedBackend()
_REMOTE = RemoteBackend()


def get_backend() -> ActivationBackend:
    """Give the configured backend of activations."""
    return _REMOTE if is_remote() else _EMBEDDED
