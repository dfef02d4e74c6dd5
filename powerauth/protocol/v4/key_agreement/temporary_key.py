"""The exchange that agrees on a temporary key of 32 bytes: request with a MAC, signed response."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64url
from powerauth.protocol.errors import MacMismatch
from powerauth.protocol.jwt import Claims, encode_part, parse_jwt
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.key_agreement.shared_secret import (
    SharedSecretRequest,
    SharedSecretResponse,
)
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm

# HS256 was sent by builds of 2025. Both use one key, and a message cannot choose a third.
_DIGESTS = {"HS384": "sha384", "HS256": "sha256"}
_ALGORITHM = "HS384"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryKeyRequest:
    """What a phone asks for. Source: protocol-4.md 22.1."""

    application_key: str
    activation_id: str | None
    """As sent; None in application scope."""
    challenge: str
    shared_secret: SharedSecretRequest

    @classmethod
    def parse_unverified(cls, jwt: str) -> Self:
        """Read the claims of a request whose MAC is still to be checked.

        Application key and activation id tell which key `verify_request` needs. Trust nothing
        before that.

        Raises:
            ProtocolError: no JWT with HS384 or HS256, or a claim is absent or malformed.

        Source: protocol-4.md 22.1, 22.2.
        """
        return cls._of(parse_jwt(jwt, algorithms=_DIGESTS).claims)

    @classmethod
    def _of(cls, claims: Claims) -> Self:
        return cls(
            application_key=claims.application_key(),
            activation_id=claims.activation_id(),
            challenge=claims.challenge(),
            shared_secret=SharedSecretRequest.parse(claims.members.get("sharedSecretRequest")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryKey:
    """What a server announces; the key itself is the agreed secret. Source: protocol-4.md 22.3."""

    key_id: str
    application_key: str
    activation_id: str | None
    challenge: str
    shared_secret: SharedSecretResponse
    issued_at_ms: int
    expires_at_ms: int

    @classmethod
    def _of(cls, claims: Claims) -> Self:
        return cls(
            key_id=claims.key_id(),
            application_key=claims.application_key(),
            activation_id=claims.activation_id(),
            challenge=claims.challenge(),
            shared_secret=SharedSecretResponse.parse(claims.members.get("sharedSecretResponse")),
            issued_at_ms=claims.number("iat_ms"),
            expires_at_ms=claims.number("exp_ms"),
        )


def sign_request(
    request: TemporaryKeyRequest, *, key: bytes, issued_at_ms: int | None = None
) -> str:
    """Write a request as JWT with HS384.

    Args:
        request: the content.
        key: `application_temporary_key`, or in activation scope `ActivationKeys.temporary_key`.
        issued_at_ms: milliseconds since 1970; the server does not look at it.

    Source: protocol-4.md 22.1; checked by temporary-key-v4.
    """
    content: dict[str, object] = {
        "applicationKey": request.application_key,
        "activationId": request.activation_id,
        "challenge": request.challenge,
        "sharedSecretRequest": request.shared_secret.to_json(),
        "iat": None if issued_at_ms is None else issued_at_ms // 1000,
    }
    signed = f"{encode_part({'alg': _ALGORITHM})}.{encode_part(content)}"
    return f"{signed}.{b64url(hmac.digest(key, signed.encode(), _DIGESTS[_ALGORITHM]))}"


def verify_request(jwt: str, key: bytes) -> TemporaryKeyRequest:
    """Check the MAC of a request and return its content.

    Args:
        jwt: the received text.
        key: see `sign_request`.

    Raises:
        ProtocolError: malformed, another algorithm than HS384 and HS256, or a wrong MAC.

    Source: protocol-4.md 22.1, 22.2; checked by temporary-key-v4.
    """
    parsed = parse_jwt(jwt, algorithms=_DIGESTS)
    expected = hmac.digest(key, parsed.signed, _DIGESTS[parsed.algorithm])
    if not hmac.compare_digest(expected, parsed.signature):
        raise MacMismatch("the MAC of the request does not match")
    return TemporaryKeyRequest._of(parsed.claims)


def sign_response(key: TemporaryKey, signers: Sequence[tuple[SigningAlgorithm, bytes]]) -> str:
    """Write a response as JWS in JSON.

    Args:
        key: the content.
        signers: the algorithms of the suite with private keys: master keys in application scope,
            server keys of the activation in activation scope.

    Raises:
        MalformedKey: a private key is none of its algorithm.

    Source: protocol-4.md 22.3; checked by temporary-key-v4.
    """
    content: dict[str, object] = {
        "sub": key.key_id,
        "applicationKey": key.application_key,
        "activationId": key.activation_id,
        "challenge": key.challenge,
        "sharedSecretResponse": key.shared_secret.to_json(),
        "iat": key.issued_at_ms // 1000,
        "exp": key.expires_at_ms // 1000,
        "iat_ms": key.issued_at_ms,
        "exp_ms": key.expires_at_ms,
    }
    return jws.sign(content, signers)


def verify_response(text: str, verifiers: Sequence[tuple[SigningAlgorithm, bytes]]) -> TemporaryKey:
    """Check every signature of a response and return its content.

    The caller still compares challenge, application key and activation id with its request.

    Args:
        text: the received text.
        verifiers: the algorithms of the suite with public keys, see `sign_response`.

    Raises:
        ProtocolError: malformed, signatures of other algorithms, or a wrong one.

    Source: protocol-4.md 22.3; checked by temporary-key-v4.
    """
    return TemporaryKey._of(jws.verify(text, verifiers))
