"""Which addresses may be called: integration-api.md 11.1."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models.callback import URL_LENGTH
from powerauth.rules import fitting, given

_PORTS = {"http": 80, "https": 443}
# Parsers disagree on what other characters mean, such as a host with percent signs in it.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")

Origin = tuple[str, str, int]
"""Scheme, host and port: whom a request reaches, and who learns what proves us."""


def check(url: str | None, *, member: str = "callbackUrl") -> str:
    """Give a URL that may be called.

    Args:
        member: of a request, that it stands in.

    Raises:
        EngineRefusal: URL_FORMAT for what is no URL of http or https, for one with a user or a
            password in it, and for one of a host that CALLBACK_ALLOWED_HOSTS does not have;
            INVALID_REQUEST for a long one.
    """
    url = given(member, url)
    fitting(member, url, URL_LENGTH)
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
    host = _host(urlsplit(url).hostname or "")
    return not allowed or any(_matches(host, name.lower()) for name in allowed)


def origin(url: str) -> Origin | None:
    """Give whom a URL reaches, in one spelling for all that mean the same; None for no such URL.

    Letters of any case, a full stop at the end, a port that is the usual one of the scheme and the
    ways to write an IPv6 address make no difference. Names of other alphabets exist here in their
    ASCII form only.
    """
    try:
        parts = _split(url)
    except EngineRefusal:
        return None
    return parts.scheme, _host(parts.hostname or ""), parts.port or _PORTS[parts.scheme]


def _host(name: str) -> str:
    plain = name.lower().rstrip(".")
    try:
        return str(ip_address(plain))
    except ValueError:
        return plain


def _matches(host: str, name: str) -> bool:
    """Tell whether a host is the named one, or below it for a name such as `*.bank.example`."""
    if name.startswith("*."):
        return host.endswith(name[1:])
    return host == _host(name.strip("[]"))


def _split(url: str) -> SplitResult:
    # Parsers drop some of these characters silently, and would call another address than is shown.
    if not url.isascii() or any(character <= " " or character in '\\"<>\x7f' for character in url):
        raise EngineRefusal(ErrorCode.URL_FORMAT)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EngineRefusal(ErrorCode.URL_FORMAT) from error
    if parts.scheme not in _PORTS or port == 0 or not _HOST.fullmatch(parts.hostname or ""):
        raise EngineRefusal(ErrorCode.URL_FORMAT)
    return parts
