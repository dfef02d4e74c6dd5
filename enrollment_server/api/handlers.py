"""Exceptions to documented errors, in one place."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from enrollment_server.api import errors, request_log
from enrollment_server.api.views import ApiView

logger = logging.getLogger(__name__)


def documented(exc: Exception, view: ApiView) -> errors.ApiError | None:
    """Give the documented error of an exception; None for a defect."""
    own = view.documented_error(exc)
    if own is not None:
        return own
    match exc:
        case errors.ApiError():
            return exc
        case exceptions.AuthenticationFailed() | exceptions.NotAuthenticated():
            return view.unauthenticated()
        case exceptions.PermissionDenied():
            return view.unauthenticated()
        case exceptions.ParseError() | exceptions.ValidationError():
            return view.invalid_request()
        case exceptions.MethodNotAllowed():
            return errors.MethodNotAllowed()
        case exceptions.UnsupportedMediaType():
            return errors.UnsupportedMediaType()
        case exceptions.NotFound() | Http404():
            return errors.NotFound()
        case RequestDataTooBig():
            return errors.BodyTooLarge()
        case SuspiciousOperation():
            return view.invalid_request()
    return None


def handle(exc: Exception, context: dict[str, Any]) -> Response:
    """Answer every exception of a view with the error envelope, and leave one line in the log.

    A defect is logged with its traceback and answered like any other failure: an HTML page, even
    a debugging one, means nothing to a phone.
    """
    view = context["view"]
    error = documented(exc, view)
    if error is None:
        logger.error("unexpected failure in %s", type(view).__name__, exc_info=exc)
        got_request_exception.send(sender=type(view), request=context["request"])
        error = view.unexpected_failure()
    else:
        request_log.refused(context["request"]._request, error, exc)
    return Response(error, status=error.http_status)
