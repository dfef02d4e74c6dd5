"""The handler of the APIs: sessions, languages and all else that people need costs them nothing."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import ResolverMatch, URLResolver, get_resolver
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_FOR_PROGRAMS = ("/api/", "/pa/", "/rest/", "/push/", "/inbox/", "/livez", "/readyz", "/metrics")
# Somebody who is logged in to the back office may call it.
_FOR_STAFF = "/api/admin/"


class ApiHandler(WSGIHandler):
    """Answers requests with the middleware that API_MIDDLEWARE names."""

    def load_middleware(self, is_async: bool = False) -> None:
        handler: Any = convert_exception_to_response(self._get_response)
        for name in reversed(settings.API_MIDDLEWARE):
            handler = convert_exception_to_response(import_string(name)(handler))
        self._middleware_chain = handler

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Call the view: none of API_MIDDLEWARE wants to know of it, and none is a coroutine."""
        view, args, kwargs = self.resolve_request(request)
        response: HttpResponseBase = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Give the view of a request; each path is looked up once."""
        match = _resolve(get_resolver(), request.path_info)
        request.resolver_match = match
        return match


# Unknown paths match the last pattern, so the number of entries has to be bounded.
@lru_cache(maxsize=512)
def _resolve(resolver: URLResolver, path: str) -> ResolverMatch:
    return resolver.resolve(path)


class ByReader:
    """Pass requests of programs to one handler, and those of people to another."""

    def __init__(self, programs: "WSGIApplication", people: "WSGIApplication") -> None:
        self._programs = programs
        self._people = people

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        path = environ.get("PATH_INFO", "")
        if path.startswith(_FOR_PROGRAMS) and not path.startswith(_FOR_STAFF):
            return self._programs(environ, start_response)
        return self._people(environ, start_response)
