"""What `/pa/v3/*` refuses with: standard-rest-api.md 5.1. One code an endpoint, no cause."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError


class AuthenticationRefused(ApiError):
    """No valid signature or token, or a request that an authenticated endpoint cannot use."""

    code = "ERR_AUTHENTICATION"
    message = "POWER_AUTH_SIGNATURE_INVALID"
    http_status = HTTPStatus.UNAUTHORIZED


class MalformedBody(ApiError):
    """The body of a plain request is not the JSON that was announced."""

    http_status = HTTPStatus.BAD_REQUEST


class ActivationRefused(ApiError):
    """Creation, status, detail, renaming or removal of an activation is not possible."""

    code = "ERR_ACTIVATION"
    message = "POWER_AUTH_ACTIVATION_INVALID"
    http_status = HTTPStatus.BAD_REQUEST


class EncryptionRefused(ApiError):
    """The request cannot be decrypted."""

    code = "ERR_ENCRYPTION"
    message = "POWER_AUTH_ENCRYPTION_FAILED"
    http_status = HTTPStatus.BAD_REQUEST


class TemporaryKeyRefused(ApiError):
    """No temporary key for this request."""

    code = "ERR_TEMPORARY_KEY"
    message = "POWER_AUTH_TEMPORARY_KEY_FAILURE"
    http_status = HTTPStatus.BAD_REQUEST


class UpgradeRefused(ApiError):
    """The activation cannot be upgraded."""

    code = "ERR_UPGRADE"
    message = "POWER_AUTH_UPGRADE_FAILED"
    http_status = HTTPStatus.BAD_REQUEST


class UserInfoRefused(ApiError):
    """There are no claims for this activation."""

    code = "ERR_USER_INFO"
    message = "POWER_AUTH_USER_INFO_ERROR"
    http_status = HTTPStatus.BAD_REQUEST


class VaultRefused(ApiError):
    """The vault stays locked."""

    code = "ERR_SECURE_VAULT"
    message = "POWER_AUTH_SECURE_VAULT_INVALID"
    http_status = HTTPStatus.BAD_REQUEST
