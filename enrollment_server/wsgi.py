"""The WSGI application, served at the root and, identically, below the context path."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class ContextPath:
    """Move a leading context path from PATH_INFO to SCRIPT_NAME, as a servlet context does.

    Source: architecture.md 2, "Paths".
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


application = ContextPath(get_wsgi_application(), settings.CONTEXT_PATH)
