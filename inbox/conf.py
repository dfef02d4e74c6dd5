"""Where the messages of this process live."""

from enrollment_server.push_server.server import is_remote
from inbox.backends.base import InboxBackend
from inbox.backends.embedded import EmbeddedBackend
from inbox.backends.remote import RemoteBackend

_EMBEDDED = EmbeddedBackend()
_REMOTE = RemoteBackend()


def get_backend() -> InboxBackend:
    """Give the configured inbox."""
    return _REMOTE if is_remote() else _EMBEDDED
