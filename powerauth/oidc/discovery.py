"""Where a provider gives tokens and publishes its keys: standard-rest-api.md 10, step 3."""

from dataclasses import dataclass
from typing import Any

from powerauth.oidc import exchange
from powerauth.oidc.addresses import is_as_secure
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.memory import Memory
from powerauth.oidc.providers import Provider

PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The addresses of a provider that the server calls, and the one that browsers go to."""

    token_uri: str
    jwks_uri: str
    authorize_uri: str | None = None


_KNOWN: Memory[Endpoints] = Memory()


def endpoints_of(provider: Provider) -> Endpoints:
    """Give what the issuer says of itself, what is configured if it cannot be asked.

    Raises:
        OidcRefused: neither gives both addresses, or the issuer calls itself by another name.
    """
    known = _KNOWN.recall(provider.issuer)
    if known is not None:
        return known.value
    try:
        document = exchange.get(provider.issuer.rstrip("/") + PATH)
    except OidcRefused:
        return _configured(provider)
    return _KNOWN.keep(provider.issuer, _described(document, provider.issuer)).value


def forget() -> None:
    """Ask every issuer anew."""
    _KNOWN.clear()


def _described(document: dict[str, Any], issuer: str) -> Endpoints:
    # Whoever serves the document could else speak for another issuer.
    if document.get("issuer") != issuer:
        raise OidcRefused("the discovery document is of another issuer")
    return Endpoints(
        token_uri=_address(document, "token_endpoint", issuer),
        jwks_uri=_address(document, "jwks_uri", issuer),
        authorize_uri=_browser_address(document, issuer),
    )


def _address(document: dict[str, Any], name: str, issuer: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not is_as_secure(value, issuer):
        raise OidcRefused(f"{name} of the discovery document cannot be used")
    return value


def _browser_address(document: dict[str, Any], issuer: str) -> str | None:
    # Phones have theirs from their own configuration, so that it may be missing here.
    value = document.get("authorization_endpoint")
    return value if isinstance(value, str) and is_as_secure(value, issuer) else None


def _configured(provider: Provider) -> Endpoints:
    if provider.token_uri is None or provider.jwks_uri is None:
        raise OidcRefused("the issuer is out of reach, and its addresses are not configured")
    return Endpoints(token_uri=provider.token_uri, jwks_uri=provider.jwks_uri)
