"""The servers that settings name: standard-rest-api.md 11. Each has the same settings."""

from typing import Any

from django.conf import settings

from enrollment_server.remote.values import RemoteServer


def is_configured(prefix: str) -> bool:
    """Tell whether settings name a server.

    Args:
        prefix: of its settings, such as `POWERAUTH_SERVICE`.
    """
    return bool(_setting(prefix, "URL"))


def configured(prefix: str, *, wait_s: float | None = None) -> RemoteServer:
    """Give the server that settings name; its URL is without a slash at its end.

    Args:
        prefix: as for `is_configured`.
        wait_s: see `RemoteServer`; as long as for a connection if it is None.
    """
    connect_s = _setting(prefix, "CONNECT_TIMEOUT_S")
    return RemoteServer(
        url=_setting(prefix, "URL").rstrip("/"),
        username=_setting(prefix, "USERNAME"),
        password=_setting(prefix, "PASSWORD"),
        connect_s=connect_s,
        response_s=_setting(prefix, "RESPONSE_TIMEOUT_S"),
        wait_s=connect_s if wait_s is None else wait_s,
        connections=_setting(prefix, "CONNECTIONS"),
        idle_s=_setting(prefix, "IDLE_S"),
        ca_file=_setting(prefix, "CA_FILE"),
        certificate_file=_setting(prefix, "CLIENT_CERTIFICATE_FILE"),
        key_file=_setting(prefix, "CLIENT_KEY_FILE"),
        proxy=_setting(prefix, "PROXY"),
    )


def _setting(prefix: str, name: str) -> Any:
    return getattr(settings, f"{prefix}_{name}")
