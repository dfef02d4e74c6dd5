"""Bodies and envelopes that give no activation code: mobile-token-api.md 9.1 and 9.2."""

import json

import pytest
from pytest_django import Settings

from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER
from tests.api.activation.calls import (
    ORDER,
    OTP,
    PATH,
    REQUESTED,
    RESOURCE_ID,
    Send,
    encrypted,
    nothing_happened,
    opened,
    plain,
    sealed_order,
)
from tests.api.answers import outcome
from tests.api.mobile_answers import INVALID, NO_ENCRYPTION
from tests.api.standard.wire import attempts, flipped, to_bytes
from tests.bank import PIN, Bank

both = pytest.mark.parametrize("send", [plain, encrypted])
pytestmark = pytest.mark.usefixtures("rule")


@both
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"requestObject":null}',
        b'{"requestObject":[]}',
        b'{"requestObject":"x"}',
        b'{"applicationId":"other-app","otp":"12345678"}',
        b'{"requestObject":' + b"[" * 100,
    ],
)
def test_malformed_bodies(alice: Phone, other_bank: Bank, send: Send, body: bytes) -> None:
    assert outcome(send(alice, body)) == INVALID
    assert attempts(alice) == (1, 0)
    assert nothing_happened(other_bank.application)


@both
@pytest.mark.parametrize(
    "members",
    [
        {"applicationId": None},
        {"applicationId": ""},
        {"applicationId": " \t"},
        {"applicationId": ["other-app"]},
        {"applicationId": {}},
        {"applicationId": "a" * 256},
        {"applicationId": "a\x00b"},
        {"otp": None},
        {"otp": ""},
        {"otp": " " * 8},
        {"otp": "1234567"},
        {"otp": "1" * 129},
        {"otp": ["12345678"]},
        {"otp": "1234567\x00"},
    ],
)
def test_invalid_members(
    alice: Phone, other_bank: Bank, send: Send, members: dict[str, object]
) -> None:
    payload = {"applicationId": REQUESTED, "otp": OTP, **members}
    assert outcome(send(alice, {"requestObject": payload})) == INVALID
    assert nothing_happened(other_bank.application)


@both
@pytest.mark.parametrize("name", ["applicationId", "otp"])
def test_absent_members(alice: Phone, other_bank: Bank, send: Send, name: str) -> None:
    payload = {"applicationId": REQUESTED, "otp": OTP}
    del payload[name]
    assert outcome(send(alice, {"requestObject": payload})) == INVALID
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize(
    ("minimum", "length", "status"),
    [(16, 15, 400), (16, 16, 200), (8, 8, 200), (8, 128, 200), (1, 1, 200), (128, 127, 400)],
)
def test_length_of_the_otp(
    alice: Phone, settings: Settings, minimum: int, length: int, status: int
) -> None:
    settings.ACTIVATION_SPAWN_MIN_OTP_LENGTH = minimum
    payload = {"applicationId": REQUESTED, "otp": "7" * length}
    assert plain(alice, {"requestObject": payload}).status == status


@pytest.mark.parametrize("version", ["3.0", "3.3", "4.0"])
@pytest.mark.parametrize("body", [to_bytes(ORDER), b"", b"{", b"[]", b"{}"])
def test_plain_where_encryption_is_required(
    bank: Bank, other_bank: Bank, settings: Settings, version: str, body: bytes
) -> None:
    settings.ACTIVATION_SPAWN_REQUIRE_ENCRYPTION = True
    phone = bank.phone("alice", version=version)
    assert outcome(plain(phone, body)) == NO_ENCRYPTION
    assert attempts(phone) == (0, 0)
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize(
    "broken",
    [
        {"encryptedData": None},
        {"encryptedData": ""},
        {"encryptedData": "!"},
        {"encryptedData": 5},
        {"mac": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"mac": None},
        {"ephemeralPublicKey": "AAAA"},
        {"nonce": None},
        {"timestamp": None},
        {"timestamp": 1},
        {"timestamp": "now"},
        {"temporaryKeyId": None},
        {"temporaryKeyId": "12345678-1234-4234-8234-123456789012"},
        {"temporaryKeyId": "x"},
    ],
)
def test_broken_envelopes(alice: Phone, other_bank: Bank, broken: dict[str, object]) -> None:
    body = to_bytes({**sealed_order(alice), **broken})
    value = alice.sign("POST", RESOURCE_ID, json.dumps(ORDER).encode(), pin=PIN)
    assert outcome(alice.server.post(PATH, body, {SIGNATURE_HEADER: value})) == NO_ENCRYPTION
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize("encryptor", [Encryptor.APPLICATION_GENERIC, Encryptor.CREATE_TOKEN])
def test_envelopes_for_another_purpose(
    alice: Phone, other_bank: Bank, encryptor: Encryptor
) -> None:
    request, _ = alice.seal(to_bytes(ORDER), encryptor)
    value = alice.sign("POST", RESOURCE_ID, to_bytes(ORDER), pin=PIN)
    answer = alice.server.post(PATH, to_bytes(request.to_json()), {SIGNATURE_HEADER: value})
    assert outcome(answer) == NO_ENCRYPTION
    assert nothing_happened(other_bank.application)


def test_envelope_of_somebody_else(alice: Phone, bob: Phone, other_bank: Bank) -> None:
    body = to_bytes(sealed_order(bob))
    value = alice.sign("POST", RESOURCE_ID, to_bytes(ORDER), pin=PIN)
    answer = alice.server.post(PATH, body, {SIGNATURE_HEADER: value})
    assert outcome(answer) == NO_ENCRYPTION
    assert nothing_happened(other_bank.application)


def test_headers_that_disagree(alice: Phone, bob: Phone, other_bank: Bank) -> None:
    headers = {ENCRYPTION_HEADER: bob.encryption_header(Scope.ACTIVATION).format()}
    assert outcome(encrypted(alice, headers=headers)) == NO_ENCRYPTION
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)


def test_a_tampered_ciphertext(alice: Phone, other_bank: Bank) -> None:
    members = sealed_order(alice)
    data = members["encryptedData"].encode()
    members["encryptedData"] = flipped(data).decode()
    value = alice.sign("POST", RESOURCE_ID, json.dumps(ORDER).encode(), pin=PIN)
    answer = alice.server.post(PATH, to_bytes(members), {SIGNATURE_HEADER: value})
    assert outcome(answer) == NO_ENCRYPTION
    assert nothing_happened(other_bank.application)


def test_errors_are_plain(alice: Phone) -> None:
    answer, plaintext = opened(alice, b"{}")
    assert (outcome(answer), plaintext) == (INVALID, None)
    assert answer.content == (
        b'{"status":"ERROR","responseObject":'
        b'{"code":"INVALID_REQUEST","message":"Invalid request object."}}'
    )
