"""An OIDC login that a phone has begun, finished by the server: standard-rest-api.md 10."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from requests import PreparedRequest
from requests.auth import AuthBase

from powerauth.oidc import discovery, exchange, id_token
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.providers import ClientAuthentication, Provider

METHOD = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a phone brings from the provider; all of it is good for one activation."""

    provider_id: str
    code: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str | None = field(repr=False)

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> "Login":
        """Read identity attributes.

        Raises:
            OidcRefused: one of them is missing or blank.
        """
        given = {name: value for name, value in attributes.items() if value.strip()}
        try:
            return cls(
                provider_id=given["providerId"],
                code=given["code"],
                nonce=given["nonce"],
                code_verifier=given.get("codeVerifier"),
            )
        except KeyError as error:
            raise OidcRefused(f"{error.args[0]} is missing") from None


class _Basic(AuthBase):
    """HTTP Basic with both parts form-encoded first, as OAuth 2.0 (RFC 6749, 2.3.1) wants them."""

    def __init__(self, provider: Provider) -> None:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        self._value = "Basic " + base64.b64encode(pair.encode()).decode()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Who has logged in, 1 to 255 characters, and all that the provider claims of them."""

    subject: str
    claims: Mapping[str, Any] = field(repr=False)


def subject_of(login: Login, provider: Provider, *, at: datetime) -> str:
    """Redeem the authorization code of a login, and give who has logged in; see `verify`."""
    return verify(login, provider, at=at).subject


def verify(login: Login, provider: Provider, *, at: datetime) -> Verified:
    """Redeem the authorization code of a login.

    Raises:
        OidcRefused: the provider does not confirm the login.
    """
    if provider.pkce_enabled and login.code_verifier is None:
        raise OidcRefused("codeVerifier is missing")
    endpoints = discovery.endpoints_of(provider)
    answer = exchange.post(
        endpoints.token_uri,
        _form(login, provider),
        _Basic(provider) if provider.client_authentication is ClientAuthentication.BASIC else None,
    )
    token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(token, str):
        raise OidcRefused("the provider gives no ID token")
    claims = id_token.verified_claims(token, provider, jwks_uri=endpoints.jwks_uri)
    subject = id_token.check_claims(
        claims,
        provider,
        nonce=login.nonce,
        access_token=access_token if isinstance(access_token, str) else None,
        at=at,
    )
    return Verified(subject=subject, claims=claims)


def _form(login: Login, provider: Provider) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "client_id": provider.client_id,
        "code": login.code,
        "redirect_uri": provider.redirect_uri,
    }
    if login.code_verifier is not None:
        form["code_verifier"] = login.code_verifier
    if provider.client_authentication is ClientAuthentication.POST:
        form["client_secret"] = provider.client_secret
    return form
