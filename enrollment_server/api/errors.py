"""What an API refuses with: a documented code, a message and an HTTP status. No DRF here."""

from collections.abc import Mapping
from http import HTTPStatus


class ApiError(Exception):
    """A documented refusal; subclasses fix code, message and status, and what a client should do.

    The first line of their docstring is the cause. It and `advice` are for the documentation of
    errors only, never on the wire.

    Args:
        message: replaces the class's message where the document gives it a parameter.
        extra: members beside `code` and `message`.
        log: what the log line about the refusal says besides; no value of the request.
    """

    code = "ERROR_GENERIC"
    message = "Unknown error occurred while processing request."
    http_status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    advice = ""

    def __init__(
        self,
        message: str | None = None,
        *,
        extra: Mapping[str, object] | None = None,
        log: Mapping[str, str] | None = None,
    ) -> None:
        if message is not None:
            self.message = message
        self.extra = dict(extra or {})
        self.log_details = dict(log or {})
        super().__init__(self.message)


class BadRequest(ApiError):
    """A request that is refused as it is; what most refusals are made of."""

    http_status = HTTPStatus.BAD_REQUEST


class UnexpectedFailure(ApiError):
    """A defect or an outage; the log says which."""

    advice = "Repeat the call later, with growing pauses; tell the operator if it stays."


class NotFound(ApiError):
    """An unknown path, or a feature that is switched off."""

    code = "ERROR_NOT_FOUND"
    message = "Resource not found."
    http_status = HTTPStatus.NOT_FOUND
    advice = "Correct the path; ask the operator whether the feature is switched on here."


class Forbidden(ApiError):
    """Something that whoever asks may not have."""

    http_status = HTTPStatus.FORBIDDEN
    advice = "Do not repeat the request; load the page of the back office again."


class MethodNotAllowed(ApiError):
    """The path exists, for other methods."""

    http_status = HTTPStatus.METHOD_NOT_ALLOWED
    advice = "Use the documented method."


class UnsupportedMediaType(ApiError):
    """The body is not declared as JSON."""

    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    advice = "Send `Content-Type: application/json`."


class BodyTooLarge(ApiError):
    """The body exceeds what any documented request needs."""

    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    advice = "Send a smaller body; the same one is refused every time."


class MalformedRequest(BadRequest):
    """The transport refused the request before any view saw it."""

    code = "INVALID_REQUEST"
    message = "Invalid request object."
    advice = "Correct the request; repeat it unchanged only after a 408."
