"""What happens to every request before anything looks at its path."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, reset_contextvars

from enrollment_server.api.clients import header_of
from enrollment_server.api.views import bad_request
from enrollment_server.serving.health import livez, readyz
from enrollment_server.serving.metrics import metrics

CORRELATION_HEADER = "X-Correlation-ID"
_CORRELATION_ID = re.compile(r"[a-zA-Z0-9\-]{8,1024}")

_PROBES = {"/livez": livez, "/readyz": readyz, "/metrics": metrics}


class ProbeMiddleware:
    """Answer probes before anything else: an orchestrator calls by address, not by host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = _PROBES.get(request.path_info)
        if probe is None:
            return self._get_response(request)
        response = probe(request)
        response["Content-Length"] = str(len(response.content))
        return response


class CorrelationMiddleware:
    """Put a correlation id on the log lines of a request, and into its answer.

    It is the caller's, if the setting lets callers choose it and it is well-formed, or a new one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identifier = self._given(request) or str(uuid.uuid4())
        before = bind_contextvars(correlation_id=identifier)
        try:
            response = self._get_response(request)
        finally:
            reset_contextvars(**before)
        response[CORRELATION_HEADER] = identifier
        return response

    def _given(self, request: HttpRequest) -> str:
        if not settings.CORRELATION_HEADER_ENABLED:
            return ""
        value = header_of(request, CORRELATION_HEADER) or ""
        return value if _CORRELATION_ID.fullmatch(value) else ""


class HostMiddleware:
    """Refuse a request for another host with the error envelope.

    Django would do so later, and with a page of HTML when DEBUG is on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return bad_request(request)
        return self._get_response(request)


class ApiHeadersMiddleware:
    """Write the headers that CommonMiddleware and XFrameOptionsMiddleware of Django write.

    What else those two do, for browsers, nobody who calls an API asks for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._framing = str(settings.X_FRAME_OPTIONS).upper()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        headers = response.headers
        if "X-Frame-Options" not in headers:
            headers["X-Frame-Options"] = self._framing
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        return response
