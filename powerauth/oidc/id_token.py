"""Who a provider says has logged in: standard-rest-api.md 10, step 5; OpenID Connect Core 3.1.3.7.

Signatures are verified by a library; which key and algorithm may be used is decided here.
"""

import binascii
from datetime import datetime
from hashlib import new as new_hash
from hmac import compare_digest
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from enrollment_server.api.payloads.json import MalformedJson, load_json
from powerauth.models.application import ID_LENGTH
from powerauth.oidc import keys
from powerauth.oidc.errors import OidcRefused
from powerauth.oidc.providers import Provider

LEEWAY = 30  # seconds that the clocks of both servers may differ


class _Registry(jws.JWSRegistry):
    # Tokens of some providers carry their whole certificate.
    max_header_length = 16 * 1024


def verified_claims(token: str, provider: Provider, *, jwks_uri: str) -> dict[str, Any]:
    """Verify the signature of a token by the provider's keys and the configured algorithm.

    Raises:
        OidcRefused: it is no token, or was not signed so.
    """
    header = _header(token)
    if header.get("alg") != provider.algorithm:
        raise OidcRefused("the ID token is signed by another algorithm than configured")
    if "crit" in header:
        raise OidcRefused("the ID token has critical extensions")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise OidcRefused("the ID token names its key by no text")
    key = keys.find(jwks_uri, kid=kid, algorithm=provider.algorithm)
    registry = _Registry(algorithms=[provider.algorithm], strict_check_header=False)
    try:
        signed = jws.deserialize_compact(token, key, registry=registry)
    except (JoseError, ValueError, TypeError):
        raise OidcRefused("the signature of the ID token is wrong") from None
    return _object(signed.payload)


def check_claims(
    claims: dict[str, Any],
    provider: Provider,
    *,
    nonce: str,
    access_token: str | None,
    at: datetime,
) -> str:
    """Check whom a token is from, for whom, for which login and until when.

    Args:
        nonce: what the phone has sent to the provider with this login.
        access_token: what came with the ID token.

    Returns: the subject, 1 to 255 characters.

    Raises:
        OidcRefused: a claim is missing or wrong.
    """
    if claims.get("iss") != provider.issuer:
        raise OidcRefused("the ID token is of another issuer")
    _check_audience(claims, provider.client_id)
    _check_times(claims, now=at.timestamp())
    if not _equal(claims.get("nonce"), nonce):
        raise OidcRefused("the ID token belongs to another login")
    _check_access_token(claims, access_token, provider.algorithm)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.strip() or len(subject) > ID_LENGTH:
        raise OidcRefused("the ID token has no usable subject")
    return subject


def _header(token: str) -> dict[str, Any]:
    try:
        return _object(urlsafe_b64decode(token.split(".")[0].encode()))
    except (binascii.Error, ValueError):
        raise OidcRefused("the ID token is none") from None


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = load_json(data)
    except MalformedJson:
        raise OidcRefused("the ID token holds something else than JSON") from None
    if not isinstance(value, dict):
        raise OidcRefused("the ID token holds no JSON object")
    return value


def _check_audience(claims: dict[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise OidcRefused("the ID token is for another client")
    party = claims.get("azp")
    if party is None and len(audiences) == 1:
        return
    if party != client_id:
        raise OidcRefused("the ID token was given to another client")


def _check_times(claims: dict[str, Any], *, now: float) -> None:
    expires, issued, begins = (_time(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise OidcRefused("the ID token does not say how long it is valid")
    if expires + LEEWAY <= now:
        raise OidcRefused("the ID token has expired")
    if issued - LEEWAY > now or (begins is not None and begins - LEEWAY > now):
        raise OidcRefused("the ID token is of the future")


def _time(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise OidcRefused(f"{name} of the ID token is no time")
    return value


def _check_access_token(claims: dict[str, Any], access_token: str | None, algorithm: str) -> None:
    if "at_hash" not in claims:
        return
    digest = new_hash(f"sha{algorithm[2:]}", (access_token or "").encode()).digest()
    expected = urlsafe_b64encode(digest[: len(digest) // 2]).decode()
    if access_token is None or not _equal(claims["at_hash"], expected):
        raise OidcRefused("the ID token belongs to another access token")


def _equal(claim: object, expected: str) -> bool:
    return isinstance(claim, str) and compare_digest(claim.encode(), expected.encode())
