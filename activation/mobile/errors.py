"""What activation codes and the OIDC configuration are refused with: mobile-token-api.md 3.4."""

from http import HTTPStatus

from enrollment_server.api.errors import ApiError


class ActivationCodeFailed(ApiError):
    """There is no activation code for this request; the audit record says why."""

    code = "ACTIVATION_CODE_FAILED"
    message = "Unable to fetch activation code."
    http_status = HTTPStatus.BAD_REQUEST
    advice = (
        "Tell the user that this app cannot activate the other one; the bank's rules say which may."
    )


class ConfigurationUnavailable(ApiError):
    """The application has no such provider, or one that cannot be used."""

    code = "APPLICATION_CONFIGURATION_ERROR"
    message = "Unable to fetch application configuration."
    http_status = HTTPStatus.BAD_REQUEST
    advice = "Offer another way to activate; the bank has to configure the provider."
