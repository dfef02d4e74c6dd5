"""What `/pa/v3/*` refuses with: standard-rest-api.md 5.1. One code an endpoint, no cause."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError


class AuthenticationRefused(ApiError):
    """No valid signature or token, or a request that an authenticated endpoint cannot use."""

    code = "ERR_AUTHENTICATION"
    message = "POWER_AUTH_SIGNATURE_INVALID"
    http_status = HTTPStatus.UNAUTHORIZED
    advice = (
        "Ask for the status of the activation; if it is still active, let the user authenticate "
        "again."
    )


class MalformedBody(ApiError):
    """The body of a plain request is not the JSON that was announced."""

    http_status = HTTPStatus.BAD_REQUEST
    advice = "Correct the body; the same one is refused every time."


class ActivationRefused(ApiError):
    """Creation, status, detail, renaming or removal of an activation is not possible."""

    code = "ERR_ACTIVATION"
    message = "POWER_AUTH_ACTIVATION_INVALID"
    http_status = HTTPStatus.BAD_REQUEST
    advice = (
        "Ask for the status if there is an activation; otherwise start over with a new activation "
        "code."
    )


class EncryptionRefused(ApiError):
    """The request cannot be decrypted."""

    code = "ERR_ENCRYPTION"
    message = "POWER_AUTH_ENCRYPTION_FAILED"
    http_status = HTTPStatus.BAD_REQUEST
    advice = "Fetch a new temporary key and encrypt the request again, once."


class TemporaryKeyRefused(ApiError):
    """No temporary key for this request."""

    code = "ERR_TEMPORARY_KEY"
    message = "POWER_AUTH_TEMPORARY_KEY_FAILURE"
    http_status = HTTPStatus.BAD_REQUEST
    advice = (
        "Check the application key, and that the activation was not removed; then ask once more."
    )


class UpgradeRefused(ApiError):
    """The activation cannot be upgraded."""

    code = "ERR_UPGRADE"
    message = "POWER_AUTH_UPGRADE_FAILED"
    http_status = HTTPStatus.BAD_REQUEST
    advice = (
        "Go on with the present protocol version; an activation that is blocked or removed has "
        "none."
    )


class UserInfoRefused(ApiError):
    """There are no claims for this activation."""

    code = "ERR_USER_INFO"
    message = "POWER_AUTH_USER_INFO_ERROR"
    http_status = HTTPStatus.BAD_REQUEST
    advice = "Go on without the claims."


class VaultRefused(ApiError):
    """The vault stays locked."""

    code = "ERR_SECURE_VAULT"
    message = "POWER_AUTH_SECURE_VAULT_INVALID"
    http_status = HTTPStatus.BAD_REQUEST
    advice = "Let the user authenticate again, with the PIN."
