"""What is wrong with the settings of a server to call; each says so, or gives None."""

import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

Test = Callable[[str], str | None]

_PORTS = range(1, 65536)


def base_url(value: str) -> str | None:
    """Accept none, and `http` or `https` with a host and maybe a port and a path."""
    if not value or _is_base(value):
        return None
    return (
        "must be an http or https address without user, query and fragment, such as "
        "https://server.bank.example/path"
    )


def needed_url(value: str) -> str | None:
    """Accept what `base_url` does, but not none."""
    return base_url(value or "none")


def origin(value: str) -> str | None:
    """Accept `http` or `https` with a host and maybe a port, and nothing behind."""
    if _is_base(value) and not urlsplit(value).path:
        return None
    return "must be an http or https address without a path, such as https://push.bank.example"


def proxy_url(value: str) -> str | None:
    """Accept none, and the address of an HTTP proxy, maybe with a name and a password."""
    if not value:
        return None
    address = _without_user(value)
    if address is not None and _is_base(address) and urlsplit(address).path in ("", "/"):
        return None
    return "must be the address of an HTTP proxy, such as http://proxy.bank.example:3128"


def user_name(value: str) -> str | None:
    """Accept what HTTP Basic can carry as the name of a user."""
    return None if ":" not in value and value.isprintable() else "must have no colon in it"


def authorities_file(value: str) -> str | None:
    """Accept none, and a file with certificates of authorities in PEM."""
    if not value:
        return None
    try:
        ssl.create_default_context(cafile=value)
    except (OSError, ValueError):
        return "must name a file with certificates in PEM that can be read"
    return None


def certificate_file(prefix: str) -> Test:
    """Accept none, and a file with a certificate; with the key that belongs to it.

    Args:
        prefix: of the settings of a server, such as `POWERAUTH_SERVICE`.
    """

    def test(value: str) -> str | None:
        if not value:
            return None
        key = getattr(settings, f"{prefix}_CLIENT_KEY_FILE")
        if key and not Path(key).is_file():
            return None  # what is said of the key suffices
        try:
            context = ssl.create_default_context()
            context.load_cert_chain(value, key or None, password="")
        except (OSError, ValueError):
            return "must name a file with a certificate in PEM and, there or apart, its plain key"
        return None

    return test


def key_file(prefix: str) -> Test:
    """Accept none, and a file that is there, beside a certificate."""
    certificate = f"{prefix}_CLIENT_CERTIFICATE_FILE"

    def test(value: str) -> str | None:
        if value and not getattr(settings, certificate):
            return f"needs {certificate}"
        return None if not value or Path(value).is_file() else "must name a file"

    return test


def _is_base(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not parts.query
        and not parts.fragment
        and (port is None or port in _PORTS)
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def _without_user(value: str) -> str | None:
    scheme, separator, rest = value.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if separator else None
