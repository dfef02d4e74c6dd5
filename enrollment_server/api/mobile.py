"""Errors that every part of the Mobile Token API shares: mobile-token-api.md 3."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest


class InvalidRequest(BadRequest):
    """The request object is absent or breaks a rule."""

    code = "INVALID_REQUEST"
    message = "Invalid request object."
    advice = "Correct the request object; the same one is refused every time."


class AuthenticationRefused(ApiError):
    """The request is not tied to an active activation; nothing says why.

    Push registration, inbox and activation codes say it in these words; operations have their own.
    """

    code = "POWERAUTH_AUTH_FAIL"
    message = "Unable to verify device registration"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Ask for the status of the activation; if it is still active, let the user authenticate "
        "again."
    )


class InvalidActivation(BadRequest):
    """The request authenticated, but the activation cannot be used for this action."""

    code = "INVALID_ACTIVATION"
    message = "Activation is not valid"
    advice = (
        "Ask for the status of the activation, and offer the user a new one if it is not active."
    )


class EncryptionFailed(BadRequest):
    """The encrypted body is missing or cannot be opened."""

    code = "ERR_ENCRYPTION"
    message = "POWER_AUTH_ENCRYPTION_FAILED"
    advice = "Fetch a new temporary key and encrypt the request again, once."
