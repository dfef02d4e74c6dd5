"""Providers as an application is configured with them under `oauth2_providers`.

Source: standard-rest-api.md 10, mobile-token-api.md 11.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from powerauth.oidc.addresses import is_as_secure, is_secure
from powerauth.oidc.errors import OidcRefused

CONFIGURATION_KEY = "oauth2_providers"
DEFAULT_ALGORITHM = "RS256"
# Signatures by a private key only: a shared secret, or none, would let others make tokens.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
)


class ClientAuthentication(StrEnum):
    """How the server proves to a provider which client it is."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProvider:
    """What a phone may know of a provider, everything but its secret and how tokens are checked."""

    provider_id: str
    client_id: str
    scopes: str
    authorize_uri: str
    redirect_uri: str
    pkce_enabled: bool

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "PublicProvider":
        """Read the public part of an entry; all of it is required.

        Raises:
            OidcRefused: the entry is incomplete.
        """
        return cls(
            provider_id=_text(entry, "providerId"),
            client_id=_text(entry, "clientId"),
            scopes=_text(entry, "scopes"),
            authorize_uri=_text(entry, "authorizeUri"),
            redirect_uri=_text(entry, "redirectUri"),
            pkce_enabled=_switch(entry, "pkceEnabled"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What the server needs to log users in at a provider.

    `token_uri` and `jwks_uri` stand in where the provider's own description is out of reach.
    """

    provider_id: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    client_authentication: ClientAuthentication
    redirect_uri: str
    token_uri: str | None
    jwks_uri: str | None
    algorithm: str
    pkce_enabled: bool

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Provider":
        """Read an entry; unknown members are ignored.

        Raises:
            OidcRefused: the entry is incomplete, or holds what must not be used.
        """
        issuer = _text(entry, "issuerUri")
        if not is_secure(issuer):
            raise OidcRefused("issuerUri is neither https nor of this machine")
        return cls(
            provider_id=_text(entry, "providerId"),
            issuer=issuer,
            client_id=_text(entry, "clientId"),
            client_secret=_text(entry, "clientSecret"),
            client_authentication=_client_authentication(entry),
            redirect_uri=_text(entry, "redirectUri"),
            token_uri=_address(entry, "tokenUri", issuer),
            jwks_uri=_address(entry, "jwkSetUri", issuer),
            algorithm=_algorithm(entry),
            pkce_enabled=_switch(entry, "pkceEnabled"),
        )


def find(entries: Sequence[Any], provider_id: str) -> Mapping[str, Any]:
    """Give the first entry of a provider.

    Raises:
        OidcRefused: there is none.
    """
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("providerId") == provider_id:
            return entry
    raise OidcRefused("the application has no such provider")


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise OidcRefused(f"{name} is missing")
    return value


def _switch(entry: Mapping[str, Any], name: str) -> bool:
    value = entry.get(name)
    if value is not None and not isinstance(value, bool):
        raise OidcRefused(f"{name} is neither true nor false")
    return bool(value)


def _address(entry: Mapping[str, Any], name: str, issuer: str) -> str | None:
    if entry.get(name) is None:
        return None
    address = _text(entry, name)
    if not is_as_secure(address, issuer):
        raise OidcRefused(f"{name} is neither https nor of this machine")
    return address


def _client_authentication(entry: Mapping[str, Any]) -> ClientAuthentication:
    value = entry.get("clientAuthenticationMethod")
    try:
        return ClientAuthentication.BASIC if value is None else ClientAuthentication(value)
    except ValueError:
        raise OidcRefused("clientAuthenticationMethod is unknown") from None


def _algorithm(entry: Mapping[str, Any]) -> str:
    value = entry.get("signatureAlgorithm")
    algorithm = DEFAULT_ALGORITHM if value is None else value
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise OidcRefused("signatureAlgorithm is unknown or not acceptable")
    return algorithm
