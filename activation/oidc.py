"""What a phone may know of an OIDC provider: mobile-token-api.md 11.1."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from activation import conf
from activation.errors import ConfigurationUnavailable

logger = logging.getLogger(__name__)

PROVIDERS = "oauth2_providers"
# In the order of the answer, all of them required: apps read no provider without one of them.
_TEXTS = ("providerId", "clientId", "scopes", "authorizeUri", "redirectUri")
_PKCE = "pkceEnabled"


def configuration(application_id: str, provider_id: str) -> dict[str, Any]:
    """Give the public members of a provider; everything else stays here, its secret above all.

    Raises:
        ConfigurationUnavailable: the application does not have the provider, or not all of it.
    """
    provider = _find(conf.get_backend().configuration(application_id, PROVIDERS), provider_id)
    if provider is None:
        raise ConfigurationUnavailable
    public = _public(provider)
    if public is None:
        logger.error("an OIDC provider of application %s is incomplete", application_id)
        raise ConfigurationUnavailable
    return public


def _find(providers: Sequence[Any], provider_id: str) -> Mapping[str, Any] | None:
    for provider in providers:
        if isinstance(provider, Mapping) and provider.get("providerId") == provider_id:
            return provider
    return None


def _public(provider: Mapping[str, Any]) -> dict[str, Any] | None:
    public = {name: provider.get(name) for name in _TEXTS}
    pkce = provider.get(_PKCE)
    if not all(isinstance(text, str) and text.strip() for text in public.values()):
        return None
    if pkce is not None and not isinstance(pkce, bool):
        return None
    return {**public, _PKCE: bool(pkce)}
