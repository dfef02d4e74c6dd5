"""The language of the back office."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

_PREFIX = "/admin/"


class BackOfficeLanguageMiddleware:
    """Show the back office in the language of its reader's browser.

    The APIs stay out of it: what their clients read does not depend on a cookie, their headers are
    fixed, and their error messages are English (mobile-token-api.md 1.6).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if "admin" not in settings.SECTIONS:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_PREFIX):
            return self._get_response(request)
        language = translation.get_language_from_request(request)
        # The next request of this thread may be one of an API.
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", language)
        return response
