"""What `/pa/v3/*` refuses with: standard-rest-api.md 5.1. One code an endpoint, no cause."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError, BadRequest
from enrollment_server.api.mobile import EncryptionFailed


class AuthenticationRefused(ApiError):
    """No valid signature or token, or a request that an authenticated endpoint cannot use."""

    code = "ERR_AUTHENTICATION"
    message = "POWER_AUTH_SIGNATURE_INVALID"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Ask for the status of the activation; if it is still active, let the user authenticate "
        "again."
    )


class MalformedBody(BadRequest):
    """The body of a plain request is not the JSON that was announced."""

    advice = "Correct the body; the same one is refused every time."


class ActivationRefused(BadRequest):
    """Creation, status, detail, renaming or removal of an activation is not possible."""

    code = "ERR_ACTIVATION"
    message = "POWER_AUTH_ACTIVATION_INVALID"
    advice = (
        "Ask for the status if there is an activation; otherwise start over with a new activation "
        "code."
    )


class EncryptionRefused(EncryptionFailed):
    """The request cannot be decrypted."""


class TemporaryKeyRefused(BadRequest):
    """No temporary key for this request."""

    code = "ERR_TEMPORARY_KEY"
    message = "POWER_AUTH_TEMPORARY_KEY_FAILURE"
    advice = (
        "Check the application key, and that the activation was not removed; then ask once more."
    )


class UpgradeRefused(BadRequest):
    """The activation cannot be upgraded."""

    code = "ERR_UPGRADE"
    message = "POWER_AUTH_UPGRADE_FAILED"
    advice = (
        "Go on with the present protocol version; an activation that is blocked or removed has "
        "none."
    )


class UserInfoRefused(BadRequest):
    """There are no claims for this activation."""

    code = "ERR_USER_INFO"
    message = "POWER_AUTH_USER_INFO_ERROR"
    advice = "Go on without the claims."


class VaultRefused(BadRequest):
    """The vault stays locked."""

    code = "ERR_SECURE_VAULT"
    message = "POWER_AUTH_SECURE_VAULT_INVALID"
    advice = "Let the user authenticate again, with the PIN."
