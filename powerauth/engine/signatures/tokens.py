"""Tokens for simple authentication: protocol.md 8, integration-api.md 9.3."""

import secrets
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape, Uuid
from enrollment_server.database.compiled import Compiled
from powerauth.engine import minimum_version
from powerauth.engine.activations import activations
from powerauth.engine.encryption import encryption, replay
from powerauth.engine.generations import choice
from powerauth.engine.generations.values import Window
from powerauth.engine.identifiers import parse_id
from powerauth.engine.signatures import version_floor
from powerauth.engine.signatures.judgement import INVALID_STATE
from powerauth.engine.storage import record_places, records
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState, Token
from powerauth.protocol.encoding import b64
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.rules import invalid
from powerauth.values import CreatedToken, EncryptedCall, TokenVerdict

CREATING_TYPES = frozenset(
    {
        SignatureType.POSSESSION,
        SignatureType.POSSESSION_KNOWLEDGE,
        SignatureType.POSSESSION_BIOMETRY,
    }
)
# What a check reads of the three rows; phones poll, so it happens every few seconds for each.
_COLUMNS = (
    "secret",
    "signature_type",
    "last_used_at",
    "activation__state",
    "activation__user_id",
    "activation__blocked_reason",
    "activation__flags",
    "activation__created_with",
    "activation__protocol_generation",
    "activation__application__roles",
)
_FIND: Compiled[Token] = Compiled(
    lambda id: (
        Token.objects.select_related("activation__application").only(*_COLUMNS).filter(id=id)
    ),
    id=uuid.UUID,
)
# Last use is kept to the minute: an app that polls would else rewrite its row each time.
LAST_USE_PRECISION = timedelta(minutes=1)


class TokenSecret(TypedDict):
    """A token, as the phone decrypts it."""

    tokenId: Uuid
    tokenSecret: Annotated[Base64, Shape("16 bytes, of protocol 4.0 32.")]


@commits_refusals
def create(call: EncryptedCall, signature_type: SignatureType, *, at: datetime) -> CreatedToken:
    """Make a token for the activation of an encrypted request.

    Raises:
        EngineRefusal: INVALID_REQUEST for a type that makes no tokens; else as
            `encryption.open_call`.
    """
    if signature_type not in CREATING_TYPES:
        names = ", ".join(sorted(kind.name for kind in CREATING_TYPES))
        raise invalid("signatureType", f"must be one of {names}")
    opened = encryption.open_call(call, at=at)
    if opened.activation is None:
        raise EngineRefusal(ErrorCode.ACTIVATION_NOT_FOUND)
    token_id = uuid.uuid4()
    secret = secrets.token_bytes(choice.of(opened.activation).tokens.SECRET_SIZE)
    Token.objects.create(
        id=token_id,
        activation=opened.activation,
        secret=records.seal(secret, record_places.token(token_id, opened.activation.id)),
        signature_type=signature_type,
        created_at=at,
    )
    payload: TokenSecret = {"tokenId": str(token_id), "tokenSecret": b64(secret)}
    return CreatedToken(token_id=str(token_id), response=encryption.seal(opened, payload, at=at))


def validate(header: TokenHeader, *, at: datetime) -> TokenVerdict:
    """Check a token digest; three statements at most, nothing is counted.

    Raises:
        EngineRefusal: VERSION_NOT_SUPPORTED, TIMESTAMP_TOO_OLD, TIMESTAMP_IN_FUTURE;
            INVALID_REQUEST for a digest that was used before.
    """
    minimum_version.check(header.version)
    window = choice.of_version(header.version).tokens.window()
    _check_time(header, window, at=at)
    token = _FIND.first(id=parse_id(header.token_id))
    if token is None:
        return TokenVerdict(valid=False, reason="token_unknown")
    facts = activations.facts(token.activation)
    kind = SignatureType(token.signature_type)
    refused = TokenVerdict(
        valid=False, activation=facts, signature_type=kind, reason="digest_does_not_match"
    )
    if token.activation.state != ActivationState.ACTIVE:
        return replace(refused, reason=INVALID_STATE)
    if not version_floor.admits(token.activation, header.version, use="token"):
        return refused
    secret = records.unseal(token.secret, record_places.token(token.id, token.activation_id))
    scheme = choice.of(token.activation).tokens
    if not scheme.verify(header, secret):
        # A nonce that was used is refused before its digest is looked at; only right digests are
        # remembered, so that garbage cannot use up nonces.
        if replay.is_known(scheme.replay_value(header)):
            raise invalid("nonce", "must not have been used before")
        return refused
    _remember(scheme.replay_value(header), until=at + window.width)
    _touch(token, at=at)
    return TokenVerdict(valid=True, activation=facts, signature_type=kind)


def _check_time(header: TokenHeader, window: Window, *, at: datetime) -> None:
    sent_at = encryption.time_of(header.timestamp)
    if sent_at is None or sent_at > at + window.future:
        raise EngineRefusal(ErrorCode.TIMESTAMP_IN_FUTURE)
    if sent_at < at - window.past:
        raise EngineRefusal(ErrorCode.TIMESTAMP_TOO_OLD)


def _remember(use: bytes, *, until: datetime) -> None:
    """Refuse a nonce that this token has used; remember it as long as it could be accepted."""
    if not replay.remember(use, expires_at=until, durable=False):
        raise invalid("nonce", "must not have been used before")


def _touch(token: Token, *, at: datetime) -> None:
    if token.last_used_at is None or token.last_used_at < at - LAST_USE_PRECISION:
        Token.objects.filter(pk=token.pk).update(last_used_at=at)


def remove(token_id: str, *, activation_id: str) -> bool:
    """Delete a token of this activation; tell whether there was one."""
    deleted, _ = Token.objects.filter(
        id=parse_id(token_id), activation_id=parse_id(activation_id)
    ).delete()
    return deleted > 0
