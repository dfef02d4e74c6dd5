"""What every request carries for the log; nothing here decides anything."""

import re
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

CORRELATION_HEADER = "X-Correlation-ID"
_CORRELATION_ID = re.compile(r"[a-zA-Z0-9\-]{8,1024}")


class CorrelationMiddleware:
    """Put a well-formed correlation id on the log lines of its request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.CORRELATION_HEADER_ENABLED:
            return self._get_response(request)
        value = request.headers.get(CORRELATION_HEADER, "")
        known = {"correlation_id": value} if _CORRELATION_ID.fullmatch(value) else {}
        with structlog.contextvars.bound_contextvars(**known):
            return self._get_response(request)
