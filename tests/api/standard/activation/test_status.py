"""`/pa/v3/activation/status`: standard-rest-api.md 7.2, protocol.md 9."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.errors import UntrustworthyAnswer
from powerauth.phone.generations.three import statuses
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.status_blob import ctr_data_hash
from powerauth.protocol.versions import TRAITS
from tests.api.answers import MALFORMED, outcome
from tests.api.standard.wire import NO_ACTIVATION, WRONG_PIN
from tests.bank import PIN, VERSIONS, Bank

PATH = "/pa/v3/activation/status"
CHALLENGE = b64(bytes(range(16)))
UNKNOWN = "12345678-1234-4234-8234-123456789012"


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_status_of_an_active_activation(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version, max_failed_attempts=7)
    for pin in (PIN, PIN, WRONG_PIN):
        phone.validate_signature(pin=pin)
    blob = phone.status()
    assert (blob.state, blob.failed_attempts, blob.max_failed_attempts) == (3, 1, 7)
    generation = TRAITS[version].generation
    assert (blob.current_version, blob.upgrade_version) == (generation, generation)
    if TRAITS[version].status_challenge:
        row = bank.activation(phone)
        expected = ctr_data_hash(phone.enrolment_3.transport_key, bytes(row.ctr_data))
        assert (blob.counter_byte, blob.look_ahead) == (2, 20)
        asked = {"activationId": phone.activation_id, "challenge": CHALLENGE}
        told = statuses.read(ask(phone, asked), phone.enrolment_3, b64d(CHALLENGE))
        assert told.ctr_data_hash == expected


@pytest.mark.parametrize("version", ["3.0", "3.3", "4.0"])
@pytest.mark.parametrize("state", [2, 3, 4, 5])
def test_status_of_every_state_with_a_device_key(bank: Bank, version: str, state: int) -> None:
    phone = bank.phone("alice", version=version)
    Activation.objects.update(state=state)
    assert phone.status().state == state


def test_low_byte_of_the_counter(bank: Bank, alice: Phone) -> None:
    Activation.objects.update(counter=0x1FE)
    assert alice.status().counter_byte == 0xFE


def ask(phone: Phone, payload: object) -> Any:
    answer = phone.plain_post(PATH, payload)
    assert answer.status == 200
    return answer.payload


def test_fresh_nonce_for_each_answer(alice: Phone) -> None:
    asked = {"activationId": alice.activation_id, "challenge": CHALLENGE}
    first, second = ask(alice, asked), ask(alice, asked)
    assert first["nonce"] != second["nonce"]
    assert first["encryptedStatusBlob"] != second["encryptedStatusBlob"]


@pytest.mark.parametrize("activation_id", [UNKNOWN, UNKNOWN.upper(), "x", "", "a b\n", "ř" * 3000])
@pytest.mark.parametrize("challenge", [CHALLENGE, None])
def test_unknown_activation_looks_like_one(
    alice: Phone, activation_id: str, challenge: str | None
) -> None:
    asked = {"activationId": activation_id, "challenge": challenge}
    first, second = ask(alice, asked), ask(alice, asked)
    members = {"activationId", "encryptedStatusBlob"} | ({"nonce"} if challenge else set())
    assert set(first) == members
    assert first["activationId"] == activation_id
    assert len(b64d(first["encryptedStatusBlob"])) == 32
    assert first["encryptedStatusBlob"] != second["encryptedStatusBlob"]
    if challenge:
        assert len(b64d(first["nonce"])) == 16


@pytest.mark.parametrize("state", [ActivationState.CREATED, ActivationState.REMOVED])
@pytest.mark.parametrize("challenge", [CHALLENGE, None])
def test_activation_without_a_device_key(
    bank: Bank, state: ActivationState, challenge: str | None
) -> None:
    bank.code("alice")
    row = Activation.objects.get()
    Activation.objects.update(state=state)
    asked = {"activationId": str(row.id), "challenge": challenge}
    answer = ask(bank.blank_phone(), asked)
    assert answer["activationId"] == str(row.id)
    assert len(b64d(answer["encryptedStatusBlob"])) == 32
    assert ("nonce" in answer) is (challenge is not None)


def test_reading_removes_what_has_expired(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False)
    Activation.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
    assert phone.status().state == ActivationState.REMOVED
    assert bank.activation(phone).state == ActivationState.REMOVED
    assert ActivationHistory.objects.all()[0].state == ActivationState.REMOVED


def test_active_activations_do_not_expire(bank: Bank, alice: Phone) -> None:
    Activation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert alice.status().state == ActivationState.ACTIVE


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        [],
        "x",
        {"activationId": None},
        {"activationId": {}, "challenge": CHALLENGE},
        {"activationId": ["x"], "challenge": CHALLENGE},
        {"challenge": CHALLENGE},
        {"activationId": UNKNOWN, "challenge": ""},
        {"activationId": UNKNOWN, "challenge": "AAAA"},
        {"activationId": UNKNOWN, "challenge": "!" * 24},
        {"activationId": UNKNOWN, "challenge": b64(bytes(17))},
        {"activationId": UNKNOWN, "challenge": 1},
        {"activationId": UNKNOWN, "challenge": {}},
    ],
)
def test_malformed_request(alice: Phone, payload: object) -> None:
    assert outcome(alice.plain_post(PATH, payload)) == NO_ACTIVATION


def test_text_that_no_database_holds(alice: Phone) -> None:
    payload = {"activationId": "\x00", "challenge": CHALLENGE}
    assert outcome(alice.plain_post(PATH, payload)) == MALFORMED


def test_only_the_own_phone_reads_it(alice: Phone, bob: Phone) -> None:
    asked = {"activationId": alice.activation_id, "challenge": CHALLENGE}
    answer = bob.plain_post(PATH, asked).payload
    with pytest.raises(UntrustworthyAnswer):
        statuses.read(
            {**answer, "activationId": bob.activation_id}, bob.enrolment_3, b64d(CHALLENGE)
        )
    assert statuses.read(answer, alice.enrolment_3, b64d(CHALLENGE)).state == 3


def test_status_changes_nothing(bank: Bank, alice: Phone) -> None:
    before = Activation.objects.values().get()
    alice.status()
    assert Activation.objects.values().get() == before


def test_unblocked_activation(alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert alice.status().state == ActivationState.BLOCKED
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert alice.status().state == ActivationState.ACTIVE
