"""Use of tokens: standard-rest-api.md 4.3, protocol.md 8."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.models import Activation, Token, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, TOKEN_HEADER
from tests.api.answers import outcome
from tests.api.standard.detail import GENERIC, PATH, send
from tests.api.standard.wire import NO_ENCRYPTION, PK, UNAUTHENTICATED, attempts, sealed, to_bytes
from tests.api.standard.words import words
from tests.bank import PIN, VERSIONS, VERSIONS_OF_3, Bank

_OF_3 = (7_200_000, 1_800_000)
WINDOWS = {**dict.fromkeys(VERSIONS_OF_3, _OF_3), "4.0": (300_000, 300_000)}
"""Milliseconds into the past and the future: protocol.md 8.3, protocol-4.md 26."""


@pytest.mark.parametrize(
    ("version", "used_in"), [*product(VERSIONS_OF_3, VERSIONS_OF_3), ("4.0", "4.0")]
)
def test_token_of_one_version_in_another(bank: Bank, version: str, used_in: str) -> None:
    phone = bank.phone("alice", version=version)
    token = phone.create_token(PK, PIN)
    phone.version = used_in
    assert phone.detail(token)["activationName"] == "Phone"


@pytest.mark.parametrize("named", ["3.0", "3.3"])
def test_digest_covers_the_version(alice: Phone, named: str) -> None:
    token = alice.create_token(PK, PIN)
    made_with = "3.2" if named == "3.0" else "3.1"
    header = alice.token_header(token, version=made_with)
    forged = header.replace(f'version="{made_with}"', f'version="{named}"')
    assert outcome(send(alice, forged)) == UNAUTHENTICATED


def test_secret_of_another_token(alice: Phone, bob: Phone) -> None:
    own, others = alice.create_token(PK, PIN), bob.create_token(PK, PIN)
    for forged in (replace(own, secret=others.secret), replace(own, secret=bytes(16))):
        assert outcome(send(alice, alice.token_header(forged))) == UNAUTHENTICATED
    assert alice.detail(own)["activationId"] == alice.activation_id


def test_wrong_digest_is_neither_counted_nor_remembered(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    nonce = bytes(range(16))
    known = UniqueValue.objects.count()
    wrong = alice.token_header(replace(token, secret=bytes(16)), nonce=nonce)
    for _ in range(6):
        assert outcome(send(alice, wrong)) == UNAUTHENTICATED
    assert (attempts(alice), UniqueValue.objects.count()) == ((1, 0), known)
    assert send(alice, alice.token_header(token, nonce=nonce)).status == 200


def test_header_twice(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    header = alice.token_header(token)
    assert send(alice, header).status == 200
    assert outcome(send(alice, header)) == UNAUTHENTICATED


def test_nonce_twice_is_a_replay_at_another_time_and_in_another_version(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    nonce = bytes(16)
    assert send(alice, alice.token_header(token, nonce=nonce)).status == 200
    later = alice.token_header(token, nonce=nonce, timestamp=alice.time_ms() + 1000)
    older = alice.token_header(token, nonce=nonce, version="3.0")
    assert outcome(send(alice, later)) == outcome(send(alice, older)) == UNAUTHENTICATED


def test_replay_with_the_token_id_in_another_letter_case(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    header = alice.token_header(token)
    upper = header.replace(token.token_id, token.token_id.upper())
    assert upper != header
    assert send(alice, header).status == 200
    assert outcome(send(alice, upper)) == UNAUTHENTICATED


def test_token_id_in_upper_case(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    header = alice.token_header(token).replace(token.token_id, token.token_id.upper())
    assert send(alice, header).status == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_reference_defect_replay_after_a_minute(bank: Bank, version: str) -> None:
    """The reference server forgot a used nonce sooner than it refused its timestamp."""
    phone = bank.phone("alice", version=version)
    token = phone.create_token(PK, PIN)
    past, future = WINDOWS[version]
    for timestamp in (phone.time_ms() - past + 10_000, phone.time_ms() + future - 10_000):
        UniqueValue.objects.all().delete()
        header = phone.token_header(token, timestamp=timestamp)
        assert send(phone, header).status == 200
        last_acceptable = timestamp + past
        horizons = UniqueValue.objects.values_list("expires_at", flat=True)
        assert max(it.timestamp() * 1000 for it in horizons) >= last_acceptable
        assert outcome(send(phone, header)) == words(version).no_token


@pytest.mark.parametrize("version", ["3.0", "3.3", "4.0"])
def test_window_of_timestamps(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    token = phone.create_token(PK, PIN)
    past, future = WINDOWS[version]
    for shift, status in (
        (10_000 - past, 200),
        (-10_000 - past, 401),
        (future - 10_000, 200),
        (future + 10_000, 401),
        (10**13, 401),
    ):
        header = phone.token_header(token, timestamp=phone.time_ms() + shift)
        assert send(phone, header).status == status


@pytest.mark.parametrize("timestamp", ["123456789", "999999999999999", "0000000000", "12345678"])
def test_timestamp_out_of_any_window(alice: Phone, timestamp: str) -> None:
    token = alice.create_token(PK, PIN)
    stamp = alice.time_ms()
    header = alice.token_header(token, timestamp=stamp)
    assert outcome(send(alice, header.replace(str(stamp), timestamp))) == UNAUTHENTICATED


def test_timestamp_with_leading_zeros_is_not_what_was_signed(alice: Phone) -> None:
    """The digest covers the number; zeros in front of it do not make another use of it."""
    token = alice.create_token(PK, PIN)
    stamp = alice.time_ms()
    header = alice.token_header(token, timestamp=stamp)
    assert send(alice, header).status == 200
    assert outcome(send(alice, header.replace(str(stamp), f"0{stamp}"))) == UNAUTHENTICATED


@pytest.mark.parametrize("state", [1, 2, 4, 5])
def test_only_active_activations_use_tokens(alice: Phone, state: int) -> None:
    token = alice.create_token(PK, PIN)
    body = to_bytes(sealed(alice, GENERIC).to_json())
    Activation.objects.update(state=state)
    headers = {
        ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format(),
        TOKEN_HEADER: alice.token_header(token),
    }
    assert outcome(alice.server.post(PATH, body, headers)) == UNAUTHENTICATED


def test_last_use_is_kept_to_the_minute(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    alice.detail(token)
    first = Token.objects.get().last_used_at
    alice.detail(token)
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    alice.detail(token)
    last = Token.objects.get().last_used_at
    assert first is not None
    assert last is not None
    assert last >= first


def test_minimum_version(alice: Phone, settings: Settings) -> None:
    token = alice.create_token(PK, PIN)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.3"
    assert outcome(send(alice, alice.token_header(token, version="3.2"))) == UNAUTHENTICATED
    assert send(alice, alice.token_header(token)).status == 200
    alice.version = "3.2"
    answer = send(alice, alice.token_header(token, version="3.3"))
    assert outcome(answer) == NO_ENCRYPTION
