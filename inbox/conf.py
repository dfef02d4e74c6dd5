"""Where the messages of this process live."""

from inbox.backends.base import InboxBackend
from inbox.backends.embedded import EmbeddedBackend

_EMBEDDED = EmbeddedBackend()


def get_backend() -> InboxBackend:
    """Give the configured inbox."""
    return _EMBEDDED
