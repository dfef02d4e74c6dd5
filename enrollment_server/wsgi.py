"""The WSGI application, served at the root and, identically, below the context path."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries

from enrollment_server.serving.api_handler import ApiHandler, ByReader
from enrollment_server.serving.warm_up import warm_up

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class ContextPath:
    """Move a leading context path from PATH_INFO to SCRIPT_NAME, as a servlet context does.

    Source: mobile-token-api.md 1.1.
    """

    def __init__(self, application: "WSGIApplication", context_path: str) -> None:
        self._application = application
        self._prefix = context_path.rstrip("/")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._prefix and (path == self._prefix or path.startswith(self._prefix + "/")):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._application(environ, start_response)


class ChunkedBody:
    """Give a body that comes in chunks the length that Django reads by.

    Java clients send JSON in chunks; without a Content-Length, Django takes a body for empty. A
    body beyond the limit is cut just behind it, so that Django refuses it.
    """

    def __init__(self, application: "WSGIApplication", limit: int) -> None:
        self._application = application
        self._limit = limit

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        # The server says so when it ends the stream itself; reading on would wait forever else.
        if not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read(self._limit + 1)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return self._application(environ, start_response)


def _look_after_connections_only() -> None:
    """Do around a request what matters here: there is one set of URLs, and no cache to close."""
    request_finished.disconnect(reset_urlconf)
    request_finished.disconnect(close_caches)
    if not settings.DEBUG:  # else statements are noted, and forgotten with the next request
        request_started.disconnect(reset_queries)


people = get_wsgi_application()
application = ContextPath(
    ChunkedBody(ByReader(ApiHandler(), people), settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    settings.CONTEXT_PATH,
)
_look_after_connections_only()
# Worker processes are forked from one that has loaded what they need.
warm_up()
