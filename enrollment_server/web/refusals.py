"""What the server itself refuses, in the envelope of every API."""

from http import HTTPStatus

from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    ForbiddenProxyRequest,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from enrollment_server.api.envelope import error_body
from enrollment_server.api.errors import (
    ApiError,
    BodyTooLarge,
    MalformedRequest,
    UnexpectedFailure,
)
from enrollment_server.api.payloads.json import dump_json
from enrollment_server.web.connection import BodyTooLong

_OURS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ForbiddenProxyRequest, HTTPStatus.FORBIDDEN),
    (TimeoutError, HTTPStatus.REQUEST_TIMEOUT),
    (ParseException, HTTPStatus.BAD_REQUEST),
)

STATUSES_OF_MALFORMED = frozenset(status for _, status in _STATUS)
"""Every HTTP status with which `MalformedRequest` is answered before a view is asked."""


def refusal_of(error: BaseException) -> tuple[HTTPStatus, ApiError]:
    """Give status and error for what kept a request from an application's answer."""
    if isinstance(error, BodyTooLong):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, BodyTooLarge()
    if not isinstance(error, _OURS):
        for kind, status in _STATUS:
            if isinstance(error, kind):
                return status, MalformedRequest()
    return HTTPStatus.INTERNAL_SERVER_ERROR, UnexpectedFailure()


def answer(status: HTTPStatus, error: ApiError) -> bytes:
    """Give the bytes of an answer behind which the connection is closed."""
    body = dump_json(error_body(error))
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
