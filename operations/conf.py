"""Where the operations of this process live."""

from operations.backends.base import OperationBackend
from operations.backends.embedded import EmbeddedBackend
from operations.backends.remote import RemoteBackend
from powerauth.remote.server import is_remote

_EMBEDDED = EmbeddedBackend()
_REMOTE = RemoteBackend()


def get_backend() -> OperationBackend:
    """Give the configured backend of operations."""
    return _REMOTE if is_remote() else _EMBEDDED
