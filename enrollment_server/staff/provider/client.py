"""Logging in at the bank's own OpenID Connect provider, by the client that phones' logins use.

Authorization code flow with PKCE, state and nonce (OpenID Connect Core 3.1, RFC 7636, RFC 9207).
What a login needs until it comes back travels in a signed cookie: strangers who begin logins
leave nothing behind.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

from powerauth.oidc import discovery
from powerauth.oidc import login as oidc
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.login import Login, Verified
from powerauth.oidc.providers import Provider

LIFETIME_S = 600
COOKIE = "staff_provider_login"
_SALT = "enrollment_server.staff.provider.client"
_PROVIDER_ID = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A login that is at the provider; all of it is good for one return."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    target: str

    @classmethod
    def new(cls, target: str) -> "Begun":
        """Begin a login that goes to `target` afterwards."""
        return cls(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            target=target,
        )

    def signed(self) -> str:
        """Give the value of the cookie."""
        return signing.dumps(asdict(self), salt=_SALT)

    @classmethod
    def of(cls, cookie: str) -> "Begun":
        """Read the cookie.

        Raises:
            OidcRefused: there is none of ours, or it is too old.
        """
        try:
            return cls(**signing.loads(cookie, salt=_SALT, max_age=LIFETIME_S))
        except (signing.BadSignature, TypeError):
            raise OidcRefused("the login was not begun in this browser, or too long ago") from None


def is_configured() -> bool:
    """Tell whether the bank has a provider for its staff."""
    return bool(settings.STAFF_OIDC_ISSUER)


def configured(redirect_uri: str) -> Provider:
    """Give the provider of the settings.

    Raises:
        OidcRefused: a setting is missing or must not be used.
    """
    return Provider.of(
        {
            "providerId": _PROVIDER_ID,
            "issuerUri": settings.STAFF_OIDC_ISSUER,
            "clientId": settings.STAFF_OIDC_CLIENT_ID,
            "clientSecret": settings.STAFF_OIDC_CLIENT_SECRET,
            "clientAuthenticationMethod": settings.STAFF_OIDC_CLIENT_AUTHENTICATION,
            "redirectUri": redirect_uri,
            "tokenUri": settings.STAFF_OIDC_TOKEN_URL or None,
            "jwkSetUri": settings.STAFF_OIDC_JWKS_URL or None,
            "signatureAlgorithm": settings.STAFF_OIDC_ALGORITHM,
            "pkceEnabled": True,
        }
    )


def address(begun: Begun, redirect_uri: str) -> str:
    """Give where the browser has to go.

    Raises:
        OidcRefused: the provider does not say it, and it is not configured.
    """
    provider = configured(redirect_uri)
    page = settings.STAFF_OIDC_AUTHORIZE_URL or discovery.endpoints_of(provider).authorize_uri
    if not page:
        raise OidcRefused("the provider names no page for logins")
    digest = hashlib.sha256(begun.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(settings.STAFF_OIDC_SCOPES),
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if settings.STAFF_OIDC_ACR_VALUES:
        query["acr_values"] = " ".join(settings.STAFF_OIDC_ACR_VALUES)
    return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"


def finish(begun: Begun, answer: Mapping[str, Any], redirect_uri: str, *, at: datetime) -> Verified:
    """Redeem what the browser brings back from the provider.

    Args:
        answer: the parameters of the request.

    Raises:
        OidcRefused: it is not the answer to this login, or proves nobody.
    """
    provider = configured(redirect_uri)
    if not constant_time_compare(str(answer.get("state", "")), begun.state):
        raise OidcRefused("the answer belongs to another login")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise OidcRefused("the answer is of another provider")
    if not answer.get("code"):
        raise OidcRefused("the provider has not logged anybody in")
    login = Login(
        provider_id=_PROVIDER_ID,
        code=str(answer["code"]),
        nonce=begun.nonce,
        code_verifier=begun.verifier,
    )
    verified = oidc.verify(login, provider, at=at)
    wanted = settings.STAFF_OIDC_ACR_VALUES
    if wanted and verified.claims.get("acr") not in wanted:
        raise OidcRefused("the provider has not authenticated as strongly as it should")
    return verified
