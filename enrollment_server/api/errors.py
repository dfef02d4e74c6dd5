"""What an API refuses with: a documented code, a message and an HTTP status. No DRF here."""

from collections.abc import Mapping
from http import HTTPStatus


class ApiError(Exception):
    """A documented refusal; subclasses fix code, message and status.

    Args:
        message: replaces the class's message where the document gives it a parameter.
        extra: members beside `code` and `message`.
        log: what the log line about the refusal says besides; no value of the request.
    """

    code = "ERROR_GENERIC"
    message = "Unknown error occurred while processing request."
    http_status: int = HTTPStatus.INTERNAL_SERVER_ERROR

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


class UnexpectedFailure(ApiError):
    """A defect or an outage; the log says which."""


class NotFound(ApiError):
    """An unknown path, or a feature that is switched off."""

    code = "ERROR_NOT_FOUND"
    message = "Resource not found."
    http_status = HTTPStatus.NOT_FOUND


class Forbidden(ApiError):
    """Something that whoever asks may not have."""

    http_status = HTTPStatus.FORBIDDEN


class MethodNotAllowed(ApiError):
    """The path exists, for other methods."""

    http_status = HTTPStatus.METHOD_NOT_ALLOWED


class UnsupportedMediaType(ApiError):
    """The body is not declared as JSON."""

    http_status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class BodyTooLarge(ApiError):
    """The body exceeds what any documented request needs."""

    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class MalformedRequest(ApiError):
    """The transport refused the request before any view saw it."""

    code = "INVALID_REQUEST"
    message = "Invalid request object."
    http_status = HTTPStatus.BAD_REQUEST
