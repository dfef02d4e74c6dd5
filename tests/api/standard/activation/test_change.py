"""`/pa/v3/activation/rename` and `/remove`: standard-rest-api.md 7.4, 7.5."""

from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import Outcome, outcome
from tests.api.standard.wire import (
    NO_ACTIVATION,
    PB,
    PK,
    PKB,
    UNAUTHENTICATED,
    WRONG_PIN,
    B,
    K,
    P,
    attempts,
    flipped,
    post_signed,
    sealed,
    to_bytes,
)
from tests.api.standard.words import words
from tests.bank import PIN, VERSIONS, VERSIONS_OF_3, Bank

RENAME = "/pa/v3/activation/rename"
RENAME_ID = "/pa/activation/rename"
REMOVE_ID = "/pa/activation/remove"
GENERIC = Encryptor.ACTIVATION_GENERIC


def rename(
    phone: Phone,
    plaintext: bytes = b'{"activationName":"New"}',
    factors: SignatureType = PK,
    pin: str = PIN,
) -> Outcome:
    answer, _ = phone.encrypted_post(
        RENAME, plaintext, encryptor=GENERIC, sign=(RENAME_ID, factors, pin)
    )
    return outcome(answer)


def name_of(phone: Phone) -> str:
    return Activation.objects.get(id=phone.activation_id).name


@pytest.mark.embedded
@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", [PK, PB])
def test_reference_defect_renaming_never_succeeds(
    bank: Bank, version: str, factors: SignatureType
) -> None:
    phone = bank.phone("alice", version=version)
    answer = phone.rename("Žluťoučký kůň ", PIN, factors=factors)
    own = {"activationId": phone.activation_id, "activationName": "Žluťoučký kůň "}
    assert answer == own
    assert name_of(phone) == "Žluťoučký kůň "
    change = ActivationHistory.objects.all()[0]
    assert (change.event_reason, change.activation_name) == (
        "ACTIVATION_NAME_UPDATED",
        "Žluťoučký kůň ",
    )
    assert change.external_user_id == ""


@pytest.mark.parametrize(
    "plaintext",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"activationName":null}',
        b'{"activationName":""}',
        b'{"activationName":"  "}',
        b'{"activationName":[1]}',
        b'{"activationName":["x"]}',
        b'{"activationName":"a\\u0000"}',
        to_bytes({"activationName": "x" * 256}),
    ],
)
def test_name_that_is_none(alice: Phone, plaintext: bytes) -> None:
    assert rename(alice, plaintext) == NO_ACTIVATION
    assert (name_of(alice), attempts(alice)) == ("Phone", (1, 0))


def test_longest_name(alice: Phone) -> None:
    assert rename(alice, to_bytes({"activationName": "x" * 255}))[0] == 200
    assert name_of(alice) == "x" * 255


@pytest.mark.parametrize("factors", [P, K, B, PKB])
def test_renaming_with_a_forbidden_factor(alice: Phone, factors: SignatureType) -> None:
    assert rename(alice, factors=factors) == UNAUTHENTICATED
    assert (name_of(alice), attempts(alice)) == ("Phone", (0, 0))


def test_renaming_with_a_wrong_pin(alice: Phone) -> None:
    assert rename(alice, pin=WRONG_PIN) == UNAUTHENTICATED
    assert (name_of(alice), attempts(alice)) == ("Phone", (0, 1))


def test_signature_over_the_ciphertext_is_wrong_here(alice: Phone) -> None:
    members = sealed(alice, GENERIC, b'{"activationName":"New"}').to_json()
    assert outcome(post_signed(alice, RENAME, members, resource_id=RENAME_ID)) == UNAUTHENTICATED
    assert (name_of(alice), attempts(alice)) == ("Phone", (0, 1))


@pytest.mark.parametrize("body", [b"", b"{}", b"not JSON"])
def test_renaming_without_an_envelope(alice: Phone, body: bytes) -> None:
    answer = post_signed(alice, RENAME, body, resource_id=RENAME_ID)
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_renaming_with_flipped_bits(alice: Phone) -> None:
    plaintext = b'{"activationName":"New"}'
    request = sealed(alice, GENERIC, plaintext)
    members = request.to_json() | {"encryptedData": b64(flipped(request.encrypted_data))}
    value = alice.sign("POST", RENAME_ID, plaintext, factors=PK, pin=PIN)
    answer = alice.server.post(RENAME, to_bytes(members), {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED
    assert (name_of(alice), attempts(alice)) == ("Phone", (0, 0))


def test_renaming_of_somebody_else(alice: Phone, bob: Phone) -> None:
    """Alice signs what Bob has encrypted, and the other way round."""
    plaintext = b'{"activationName":"New"}'
    body = to_bytes(sealed(bob, GENERIC, plaintext).to_json())
    for signer in (alice, bob):
        value = signer.sign("POST", RENAME_ID, plaintext, factors=PK, pin=PIN)
        answer = alice.server.post(RENAME, body, {SIGNATURE_HEADER: value})
        assert answer.status == (200 if signer is bob else 401)
    assert name_of(alice) == "Phone"


def test_blocked_activation_keeps_its_name(alice: Phone) -> None:
    members = sealed(alice, GENERIC, b'{"activationName":"New"}')
    lifecycle.block(alice.activation_id, at=timezone.now())
    value = alice.sign("POST", RENAME_ID, b'{"activationName":"New"}', factors=PK, pin=PIN)
    answer = alice.server.post(RENAME, to_bytes(members.to_json()), {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED
    assert name_of(alice) == "Phone"


def removal(phone: Phone, body: bytes = b"{}", **sign: Any) -> Outcome:
    path = phone.path_of("activation/remove")
    return outcome(post_signed(phone, path, body, resource_id=REMOVE_ID, **sign))


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("version", "factors"),
    [
        (version, factors)
        for version in VERSIONS
        for factors in (PK, PB, *([PKB] if version in VERSIONS_OF_3 else []))
    ],
)
def test_removal(bank: Bank, version: str, factors: SignatureType) -> None:
    phone = bank.phone("alice", version=version)
    own = {"activationId": phone.activation_id}
    expected = (200, {"status": "OK", "responseObject": own})
    assert removal(phone, factors=factors) == expected
    assert bank.activation(phone).state == ActivationState.REMOVED
    assert ActivationHistory.objects.all()[0].state == ActivationState.REMOVED
    assert phone.status().state == ActivationState.REMOVED
    assert removal(phone, factors=factors) == words(version).no_code


@pytest.mark.parametrize("body", [b"", b"not JSON", b"\xff\x00", b"[]", b"x" * 10_000])
def test_removal_with_any_body(bank: Bank, alice: Phone, body: bytes) -> None:
    assert removal(alice, body)[0] == 200
    assert bank.activation(alice).state == ActivationState.REMOVED


@pytest.mark.parametrize("factors", [P, K, B])
def test_removal_with_one_factor(bank: Bank, alice: Phone, factors: SignatureType) -> None:
    assert removal(alice, factors=factors) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.ACTIVE
    assert attempts(alice) == (0, 0)


def test_removal_with_a_wrong_pin(bank: Bank, alice: Phone) -> None:
    assert removal(alice, pin=WRONG_PIN) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.ACTIVE


def test_removal_of_a_blocked_activation(bank: Bank, alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert removal(alice) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.BLOCKED


def test_removal_removes_nobody_else(bank: Bank, alice: Phone, bob: Phone) -> None:
    assert removal(alice)[0] == 200
    assert bank.activation(bob).state == ActivationState.ACTIVE
