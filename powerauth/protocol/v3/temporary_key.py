"""The exchange that creates a temporary encryption key: signed request, signed response."""

import hmac
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64, b64d, b64url
from powerauth.protocol.errors import MacMismatch
from powerauth.protocol.jwt import Claims, encode_part, parse_jwt
from powerauth.protocol.keys import (
    PUBLIC_KEY_SIZE,
    der_to_jose,
    jose_to_der,
    normalize_public_key,
    sign,
    verify,
)
from powerauth.protocol.primitives import KEY_SIZE, hmac_sha256, kdf_internal

_REQUEST_ALGORITHMS = {"HS256"}
_RESPONSE_ALGORITHMS = {"ES256"}
_REQUEST_HEADER: dict[str, object] = {"alg": "HS256", "typ": "JWT"}
_RESPONSE_HEADER: dict[str, object] = {"typ": "JWT", "alg": "ES256"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryKeyRequest:
    """What a client asks for. Source: protocol.md 6.1."""

    application_key: str
    activation_id: str | None
    """As sent; None in application scope."""
    challenge: str

    @classmethod
    def parse_unverified(cls, jwt: str) -> Self:
        """Read the claims of a request whose signature is still to be checked.

        The application key tells which secret `verify_request` needs. Trust nothing before that.

        Raises:
            ProtocolError: no JWT with HS256, or a claim is absent or malformed.

        Source: protocol.md 6.1, 6.2.
        """
        return cls._of(parse_jwt(jwt, algorithms=_REQUEST_ALGORITHMS).claims)

    @classmethod
    def _of(cls, claims: Claims) -> Self:
        return cls(
            application_key=claims.application_key(),
            activation_id=claims.activation_id(),
            challenge=claims.challenge(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryKey:
    """The public half of a temporary key, as the server announces it. Source: protocol.md 6.3."""

    key_id: str
    application_key: str
    activation_id: str | None
    challenge: str
    public_key: bytes
    """65 bytes."""
    issued_at_ms: int
    expires_at_ms: int

    @classmethod
    def _of(cls, claims: Claims) -> Self:
        public_key = b64d(claims.text("publicKey"), size=PUBLIC_KEY_SIZE)
        return cls(
            key_id=claims.key_id(),
            application_key=claims.application_key(),
            activation_id=claims.activation_id(),
            challenge=claims.challenge(),
            public_key=normalize_public_key(public_key),
            issued_at_ms=claims.number("iat_ms"),
            expires_at_ms=claims.number("exp_ms"),
        )


def request_secret(application_secret: str, transport_key: bytes | None) -> bytes:
    """Compute the HMAC key of a request, 16 bytes.

    Args:
        application_secret: Base64 text.
        transport_key: key of the activation, 16 bytes; None in application scope.

    Raises:
        MalformedEncoding: the secret is not Base64 of 16 bytes.

    Source: protocol.md 6.1; checked by temporary_key_jwt.
    """
    secret = b64d(application_secret, size=KEY_SIZE)
    return secret if transport_key is None else kdf_internal(key=transport_key, index=secret)


def sign_request(
    claims: TemporaryKeyRequest, *, secret: bytes, issued_at_ms: int | None = None
) -> str:
    """Write a request as JWT with HS256.

    Args:
        claims: the content.
        secret: see `request_secret`.
        issued_at_ms: milliseconds since 1970; the server does not look at it.

    Source: protocol.md 6.1; checked by temporary_key_jwt.
    """
    content: dict[str, object] = {
        "applicationKey": claims.application_key,
        "activationId": claims.activation_id,
        "challenge": claims.challenge,
        "iat": None if issued_at_ms is None else issued_at_ms // 1000,
    }
    signed = f"{encode_part(_REQUEST_HEADER)}.{encode_part(content)}"
    return f"{signed}.{b64url(hmac_sha256(key=secret, data=signed.encode()))}"


def verify_request(jwt: str, secret: bytes) -> TemporaryKeyRequest:
    """Check the signature of a request and return its content.

    Args:
        jwt: the received text.
        secret: see `request_secret`.

    Raises:
        ProtocolError: malformed, another algorithm than HS256, or a wrong signature.

    Source: protocol.md 6.1, 6.2; checked by temporary_key_jwt.
    """
    parsed = parse_jwt(jwt, algorithms=_REQUEST_ALGORITHMS)
    if not hmac.compare_digest(hmac_sha256(key=secret, data=parsed.signed), parsed.signature):
        raise MacMismatch("the signature of the request does not match")
    return TemporaryKeyRequest._of(parsed.claims)


def sign_response(key: TemporaryKey, signing_private_key: bytes) -> str:
    """Write a response as JWT with ES256.

    Args:
        key: the content.
        signing_private_key: master key in application scope, server key in activation scope.

    Raises:
        MalformedKey: no valid private key.

    Source: protocol.md 6.3.
    """
    content: dict[str, object] = {
        "sub": key.key_id,
        "applicationKey": key.application_key,
        "activationId": key.activation_id,
        "challenge": key.challenge,
        "publicKey": b64(key.public_key),
        "iat": key.issued_at_ms // 1000,
        "exp": key.expires_at_ms // 1000,
        "iat_ms": key.issued_at_ms,
        "exp_ms": key.expires_at_ms,
    }
    signed = f"{encode_part(_RESPONSE_HEADER)}.{encode_part(content)}"
    return f"{signed}.{b64url(der_to_jose(sign(signing_private_key, signed.encode())))}"


def verify_response(jwt: str, signing_public_key: bytes) -> TemporaryKey:
    """Check the signature of a response and return its content.

    The caller still compares challenge, application key and activation id with its request.

    Raises:
        ProtocolError: malformed, another algorithm than ES256, or a wrong signature.

    Source: protocol.md 6.3; checked by temporary_key_jwt.
    """
    parsed = parse_jwt(jwt, algorithms=_RESPONSE_ALGORITHMS)
    if not verify(signing_public_key, parsed.signed, jose_to_der(parsed.signature)):
        raise MacMismatch("the signature of the response does not match")
    return TemporaryKey._of(parsed.claims)
