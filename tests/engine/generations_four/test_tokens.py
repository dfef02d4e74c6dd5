"""Tokens of generation 4: protocol-4.md 26."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.engine.generations import four
from powerauth.engine.signatures import tokens
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Token
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.v4.token import compute_digest
from powerauth.values import TokenVerdict
from tests.engine.generations_four.phone import PK, Phone4


def created(phone: Phone4) -> tuple[str, bytes]:
    sealed = phone.seal({}, Encryptor.CREATE_TOKEN)
    answer = sealed.answer(tokens.create(sealed.call, PK, at=timezone.now()).response)
    return answer["tokenId"], b64d(answer["tokenSecret"])


def header(token: tuple[str, bytes], *, seconds_off: int = 0) -> TokenHeader:
    sent_at = timezone.now() + timedelta(seconds=seconds_off)
    nonce, timestamp = secrets.token_bytes(16), milliseconds_of(sent_at)
    return TokenHeader(
        token_id=token[0],
        digest=compute_digest(secret=token[1], nonce=nonce, timestamp=timestamp),
        nonce=nonce,
        timestamp=timestamp,
        version="4.0",
    )


def verdict(sent: TokenHeader) -> TokenVerdict:
    return tokens.validate(sent, at=timezone.now())


def test_a_token(each_phone: Phone4) -> None:
    token = created(each_phone)
    assert len(token[1]) == 32
    found = verdict(header(token))
    assert (found.valid, found.signature_type) == (True, PK)


def test_altered_headers(phone: Phone4) -> None:
    sent = header(created(phone))
    for altered in (
        replace(sent, digest=bytes(32)),
        replace(sent, nonce=bytes(16)),
        replace(sent, timestamp=sent.timestamp + 1),
        replace(sent, version="3.3"),
    ):
        assert not verdict(altered).valid
    assert verdict(sent).valid


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [
        (-290, None),
        (290, None),
        (-310, ErrorCode.TIMESTAMP_TOO_OLD),
        (310, ErrorCode.TIMESTAMP_IN_FUTURE),
    ],
)
def test_time_may_be_five_minutes_off(
    phone: Phone4, seconds: int, refused: ErrorCode | None
) -> None:
    sent = header(created(phone), seconds_off=seconds)
    if refused is None:
        assert verdict(sent).valid
        return
    with pytest.raises(EngineRefusal) as refusal:
        verdict(sent)
    assert refusal.value.code is refused


def test_a_digest_is_used_once(phone: Phone4) -> None:
    sent = header(created(phone))
    assert verdict(sent).valid
    for again in (sent, replace(sent, token_id=sent.token_id.upper())):
        with pytest.raises(EngineRefusal):
            verdict(again)


def test_a_token_of_generation_3_on_an_activation_that_moved_up(phone: Phone4) -> None:
    token_id, secret = created(phone)
    row = Token.objects.get()
    place = record_places.token(row.id, row.activation_id)
    Token.objects.update(secret=records.seal(secret[:16], place))
    assert not verdict(header((token_id, secret))).valid


def test_used_values_are_none_of_generation_3(phone: Phone4) -> None:
    value = four.GENERATION.tokens.replay_value(header(created(phone)))
    assert value.startswith(b"TOKEN4") and len(value) != 52
