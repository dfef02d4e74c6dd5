"""The base of every API view, and the answers to what reaches no view."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.views import APIView

from enrollment_server.api import request_log
from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.errors import (
    ApiError,
    BodyTooLarge,
    Forbidden,
    MalformedRequest,
    NotFound,
    UnexpectedFailure,
)
from enrollment_server.api.payloads.json import dump_json
from enrollment_server.api.renderers import enveloped


class ApiView(APIView):
    """A view that says which documented errors its refusals become."""

    invalid_request: ClassVar[type[ApiError]] = MalformedRequest
    unauthenticated: ClassVar[type[ApiError]] = UnexpectedFailure
    unexpected_failure: ClassVar[type[ApiError]] = UnexpectedFailure
    body_limit: ClassVar[str] = "DATA_UPLOAD_MAX_MEMORY_SIZE"
    """Setting that says how long a body may be."""
    endpoint: ClassVar[Endpoint | None] = None
    """Its words for the documents; None for a view that stands in none."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # A wrong method, or a body without measure, is refused before it can cost an attempt.
        if request.method not in self.allowed_methods:
            self.http_method_not_allowed(request)
        if len(request.body) > self.body_bytes():
            raise BodyTooLarge
        super().initial(request, *args, **kwargs)

    def body_bytes(self) -> int:
        """Give how long a body may be; checked before anything is authenticated or stored."""
        return int(getattr(settings, self.body_limit))

    def documented_error(self, exc: Exception) -> ApiError | None:
        """Give the documented error of an exception that only this API knows; None for others."""
        return None


def _answer(error: ApiError) -> HttpResponse:
    return HttpResponse(
        dump_json(enveloped(error)), status=error.http_status, content_type="application/json"
    )


# It has nothing that a forged request could reach, and its answer is no page about cookies.
@csrf_exempt
def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    error = NotFound()
    request_log.refused(request, error, error)
    return _answer(error)


def bad_request(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    error = MalformedRequest()
    request_log.refused(request, error, error)
    return _answer(error)


def forbidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _answer(Forbidden())


def server_error(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _answer(UnexpectedFailure())
