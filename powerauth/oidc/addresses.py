"""Which addresses of a provider may be called."""

from urllib.parse import SplitResult, urlsplit

from enrollment_server.local import is_loopback


def is_secure(url: str) -> bool:
    """Tell whether only the meant server can read a request: TLS, or this machine itself."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_as_secure(url: str, issuer: str) -> bool:
    """Tell whether an issuer may send us to `url`: a remote one not to this machine itself."""
    return is_secure(url) and (url.startswith("https:") or issuer.startswith("http:"))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # A port that is no number is found on reading only.
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None
