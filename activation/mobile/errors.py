"""What activation codes and the OIDC configuration are refused with: mobile-token-api.md 3.4."""

from enrollment_server.api.errors import BadRequest


class ActivationCodeFailed(BadRequest):
    """There is no activation code for this request; the audit record says why."""

    code = "ACTIVATION_CODE_FAILED"
    message = "Unable to fetch activation code."
    advice = (
        "Tell the user that this app cannot activate the other one; the bank's rules say which may."
    )


class ConfigurationUnavailable(BadRequest):
    """The application has no such provider, or one that cannot be used."""

    code = "APPLICATION_CONFIGURATION_ERROR"
    message = "Unable to fetch application configuration."
    advice = "Offer another way to activate; the bank has to configure the provider."
