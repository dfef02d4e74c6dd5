"""Which Push Server is called, as configured: push-and-inbox.md 1 and 2."""

from enrollment_server.remote.configured import configured, is_configured
from enrollment_server.remote.values import RemoteServer

_SETTINGS = "PUSH_SERVICE"
# Seconds for a free connection: while that server is slow, no more threads wait for it than it has
# connections, and the others go on with what concerns it not.
_WAIT_S = 1


def is_remote() -> bool:
    """Tell whether devices and messages live on another server."""
    return is_configured(_SETTINGS)


def server() -> RemoteServer:
    """Give the configured server."""
    return configured(_SETTINGS, wait_s=_WAIT_S)
