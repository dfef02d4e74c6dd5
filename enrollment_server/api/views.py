"""The base of every API view, and the answers to what reaches no view."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.views import APIView

from enrollment_server.api.errors import ApiError, MalformedRequest, NotFound, UnexpectedFailure
from enrollment_server.api.json import dump_json
from enrollment_server.api.renderers import enveloped


class ApiView(APIView):
    """A view that says which documented errors its refusals become."""

    invalid_request: ClassVar[type[ApiError]] = MalformedRequest
    unauthenticated: ClassVar[type[ApiError]] = UnexpectedFailure


def _answer(error: ApiError) -> HttpResponse:
    return HttpResponse(
        dump_json(enveloped(error)), status=error.http_status, content_type="application/json"
    )


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _answer(NotFound())


def bad_request(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _answer(MalformedRequest())


def server_error(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _answer(UnexpectedFailure())
