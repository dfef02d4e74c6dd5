"""The phone's side of the exchange that creates a temporary encryption key."""

import secrets

from powerauth.phone.errors import UntrustworthyAnswer, distrusting
from powerauth.phone.requests.answers import plain_payload, text_member
from powerauth.phone.requests.bodies import to_body
from powerauth.phone.requests.transport import Server
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.temporary_key import (
    TemporaryKey,
    TemporaryKeyRequest,
    sign_request,
    verify_response,
)

PATH = "/pa/v3/keystore/create"
SAFETY_MS = 10_000
"""How long before its end a key is not used any more."""

_CHALLENGE_SIZE = 18  # bytes


def fetch_temporary_key(
    server: Server,
    *,
    application_key: str,
    activation_id: str | None,
    secret: bytes,
    signing_public_key: bytes,
) -> TemporaryKey:
    """Ask the server for a temporary key, and check its answer.

    Args:
        server: the server.
        application_key: Base64 text.
        activation_id: None in application scope.
        secret: see `powerauth.protocol.v3.temporary_key.request_secret`.
        signing_public_key: master key in application scope, server key in activation scope.

    Raises:
        PhoneFailure: the server refused.
        UntrustworthyAnswer: wrong signature, or the answer belongs to another question.

    Source: protocol.md 6.1, 6.3.
    """
    asked = TemporaryKeyRequest(
        application_key=application_key,
        activation_id=activation_id,
        challenge=b64(secrets.token_bytes(_CHALLENGE_SIZE)),
    )
    answer = server.post(PATH, to_body({"jwt": sign_request(asked, secret=secret)}))
    jwt = text_member(plain_payload(answer), "jwt")
    with distrusting("temporary key"):
        key = verify_response(jwt, signing_public_key)
    answered = (key.application_key, key.activation_id, key.challenge)
    if answered != (asked.application_key, asked.activation_id, asked.challenge):
        raise UntrustworthyAnswer("temporary key: the answer belongs to another question")
    return key


def is_usable(key: TemporaryKey, at_ms: int) -> bool:
    """Tell whether a key may still encrypt. Source: protocol.md 6.3."""
    return at_ms < key.expires_at_ms - SAFETY_MS
