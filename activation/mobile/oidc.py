"""What a phone may know of an OIDC provider: mobile-token-api.md 11.1."""

import logging

from activation import conf
from activation.mobile.errors import ConfigurationUnavailable
from activation.mobile.presentation import OidcConfiguration, present_provider
from powerauth.oidc import providers
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.providers import PublicProvider

logger = logging.getLogger(__name__)


def configuration(application_id: str, provider_id: str) -> OidcConfiguration:
    """Give the public members of a provider; everything else stays here, its secret above all.

    Raises:
        ConfigurationUnavailable: the application does not have the provider, or not all of it.
    """
    entries = conf.get_backend().configuration(application_id, providers.CONFIGURATION_KEY)
    try:
        provider = PublicProvider.of(providers.find(entries, provider_id))
    except OidcRefused as refusal:
        logger.warning("no OIDC provider of application %s: %s", application_id, refusal)
        raise ConfigurationUnavailable from None
    return present_provider(provider)
