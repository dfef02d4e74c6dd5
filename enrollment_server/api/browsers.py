"""Requests that a browser makes for a page of somebody else.

A page that a user happens to visit can make the browser send requests to any server that the
browser reaches, with credentials that it remembers. The browser says so in headers that no page
can change.
"""

from urllib.parse import urlsplit

from django.http import HttpRequest

from enrollment_server.api.clients import header_of
from enrollment_server.api.errors import UnsupportedMediaType


def is_from_another_site(request: HttpRequest) -> bool:
    """Tell whether a browser sends a request for a page that is not of this very server.

    The host has been checked before: a page that gave its own name to our address is refused there.
    """
    site = header_of(request, "Sec-Fetch-Site")
    if site == "same-origin":
        return False
    if site not in (None, "none"):
        return True
    origin = header_of(request, "Origin")
    return origin is not None and _host(origin) != request.get_host().lower()


def require_json(request: HttpRequest) -> None:
    """Refuse a body that a page may send without asking: any that is not declared as JSON.

    Raises:
        UnsupportedMediaType: there is a body, of another type or of none.
    """
    if request.body and request.content_type != "application/json":
        raise UnsupportedMediaType


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
