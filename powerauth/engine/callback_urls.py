"""Which addresses may be called: integration-api.md 11.1."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models.callback import URL_LENGTH

_SCHEMES = ("http", "https")


def check(url: str | None) -> str:
    """Give a URL that may be called.

    Raises:
        EngineRefusal: URL_FORMAT for what is no URL of http or https, for one with a user or a
            password in it, and for one of a host that CALLBACK_ALLOWED_HOSTS does not have;
            INVALID_REQUEST for a long one.
    """
    if url is None or len(url) > URL_LENGTH:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    parts = _split(url)
    # What is before an @ is often taken for the host by people, and for credentials by programs.
    if parts.username is not None or parts.password is not None:
        raise EngineRefusal(ErrorCode.URL_FORMAT, "A URL must not carry a user or a password.")
    if not is_allowed(url):
        raise EngineRefusal(ErrorCode.URL_FORMAT, "The host of the URL is not allowed.")
    return url


def is_allowed(url: str) -> bool:
    """Tell whether the host of a well-formed URL may be called; an empty setting allows all."""
    allowed: list[str] = settings.CALLBACK_ALLOWED_HOSTS
    host = (urlsplit(url).hostname or "").rstrip(".")
    return not allowed or any(_matches(host, name.lower()) for name in allowed)


def _matches(host: str, name: str) -> bool:
    """Tell whether a host is the named one, or below it for a name such as `*.bank.example`."""
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == name.strip("[]")


def _split(url: str) -> SplitResult:
    # Parsers drop some of these characters silently, and would call another address than is shown.
    if not url.isascii() or any(character <= " " or character in '\\"<>\x7f' for character in url):
        raise EngineRefusal(ErrorCode.URL_FORMAT)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EngineRefusal(ErrorCode.URL_FORMAT) from error
    if parts.scheme not in _SCHEMES or not parts.hostname or port == 0:
        raise EngineRefusal(ErrorCode.URL_FORMAT)
    return parts
