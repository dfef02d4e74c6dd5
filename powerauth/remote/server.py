"""Which PowerAuth Server is called, as configured: standard-rest-api.md 11."""

from enrollment_server.remote.configured import configured, is_configured
from enrollment_server.remote.values import RemoteServer

_SETTINGS = "POWERAUTH_SERVICE"


def is_remote() -> bool:
    """Tell whether the engine, and with it the operations, live on another server."""
    return is_configured(_SETTINGS)


def server() -> RemoteServer:
    """Give the configured server."""
    return configured(_SETTINGS)
