"""What `/pa/v4/*` refuses with, besides what it shares with `/pa/v3/*`: protocol-4.md 16.5."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest


class CodeRefused(ApiError):
    """No valid authentication code, or a request that an authenticated endpoint cannot use."""

    code = "ERR_AUTHENTICATION"
    message = "POWER_AUTH_CODE_INVALID"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Ask for the status of the activation; if it is still active, let the user authenticate "
        "again."
    )


class BodyRefused(BadRequest):
    """The body is malformed, or lacks a member."""

    code = "ERR_VALIDATION"
    message = "POWER_AUTH_REQUEST_INVALID"
    advice = "Correct the body; the same one is refused every time."
