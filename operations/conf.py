"""Where the operations of this process live."""

from operations.backends.base import OperationBackend
from operations.backends.embedded import EmbeddedBackend

_EMBEDDED = EmbeddedBackend()


def get_backend() -> OperationBackend:
    """Give the configured backend of operations."""
    return _EMBEDDED
