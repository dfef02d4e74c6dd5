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


class TokenRefused(ApiError):
    """No valid token, or one of factors that do not suffice."""

    code = "ERR_AUTHENTICATION"
    message = "POWER_AUTH_TOKEN_INVALID"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Ask for the status of the activation; if it is still active, create another token and "
        "ask again."
    )


class BodyRefused(BadRequest):
    """The body is malformed, or lacks a member."""

    code = "ERR_VALIDATION"
    message = "POWER_AUTH_REQUEST_INVALID"
    advice = "Correct the body; the same one is refused every time."


class StatusRefused(BadRequest):
    """There is no such application."""

    code = "ERR_STATUS"
    message = "POWER_AUTH_STATUS_ERROR"
    advice = "Check the application key, or leave it out."


class PasswordRefused(BadRequest):
    """The key of knowledge cannot be replaced."""

    code = "ERR_PASSWORD_CHANGE"
    message = "POWER_AUTH_PASSWORD_CHANGE_FAILURE"
    advice = "Go on with the former PIN; ask for the status of the activation, and try again."


class BiometryRefused(BadRequest):
    """Biometry cannot be turned on or off."""

    code = "ERR_BIOMETRY"
    message = "POWER_AUTH_BIOMETRY_FAILURE"
    advice = "Ask for the status of the activation, which says whether biometry is on."
