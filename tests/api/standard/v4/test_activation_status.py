"""`/pa/v4/activation/status`: protocol-4.md 27."""

from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.engine.activations import activation_status, lifecycle
from powerauth.models import Activation, ActivationState, CommitPhase, TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.status_blob import counter_distance
from tests.api.answers import outcome
from tests.api.standard.v4.phone import WirePhone, opened, to_bytes, wire_phone
from tests.api.standard.v4.wire import NO_ACTIVATION, NO_ENCRYPTION, WRONG
from tests.bank import Bank
from tests.engine.generations_four.phone import configure

PATH = "/activation/status"
GENERIC = Encryptor.ACTIVATION_GENERIC
EXCHANGED = set(ActivationState) - {ActivationState.CREATED}


def test_what_a_phone_learns(each_phone: WirePhone) -> None:
    each_phone.validate(knowledge=WRONG)
    each_phone.validate()
    each_phone.validate(knowledge=WRONG)
    status = each_phone.status()
    assert (status.state, status.current_version, status.upgrade_version) == (3, 4, 4)
    assert (status.counter, status.failed_attempts, status.max_failed_attempts) == (2, 1, 5)
    assert (status.look_ahead, status.confirmation_pending, status.biometry_enabled) == (
        20,
        True,
        False,
    )
    assert not status.upgrade_pending and not status.suite_not_allowed
    row = each_phone.row
    distance = counter_distance(
        status, keys=each_phone.keys, ctr_data=bytes(row.ctr_data_4), look_ahead=20
    )
    assert distance == 0


@pytest.mark.main_path
def test_flags(bank: Bank, each_phone: WirePhone) -> None:
    assert each_phone.confirm(enable_biometry=True).ok
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P256"])
    status = each_phone.status()
    assert (status.confirmation_pending, status.biometry_enabled) == (False, True)
    assert status.suite_not_allowed
    assert each_phone.remove_biometry().ok
    assert not each_phone.status().biometry_enabled


def test_trap_14_it_is_the_generic_encryptor(phone: WirePhone) -> None:
    sealed = phone.seal({}, GENERIC)
    answer = phone.post_sealed(PATH, sealed)
    assert set(answer.json) == {"encryptedData", "timestamp"}
    assert set(opened(sealed.envelope, answer)) == {"activationStatus"}
    for encryptor in (Encryptor.CREATE_TOKEN, Encryptor.VAULT_UNLOCK, Encryptor.ADD_BIOMETRY):
        assert outcome(phone.post_sealed(PATH, phone.seal({}, encryptor))) == NO_ACTIVATION


@pytest.mark.main_path
@pytest.mark.parametrize("state", EXCHANGED)
def test_trap_24_every_state_after_the_exchange(
    each_phone: WirePhone, state: ActivationState
) -> None:
    Activation.objects.update(state=state)
    assert each_phone.status().state == state
    each_phone.temporary.clear()
    assert each_phone.status().state == state


def test_trap_24_a_phone_learns_that_it_was_removed(phone: WirePhone) -> None:
    """By the key that it has, and by a new one."""
    phone.status()
    lifecycle.remove(phone.activation_id, at=timezone.now())
    assert phone.status().state == ActivationState.REMOVED
    phone.temporary.clear()
    assert phone.status().state == ActivationState.REMOVED


def test_a_key_of_protocol_3_goes_with_its_activation(alice: Phone) -> None:
    alice.user_info()
    assert TemporaryKey.objects.filter(activation_id=alice.activation_id).exists()
    lifecycle.remove(alice.activation_id, at=timezone.now())
    assert not TemporaryKey.objects.filter(activation_id=alice.activation_id).exists()


def test_trap_24_other_states_are_admitted_for_the_status_alone(phone: WirePhone) -> None:
    phone.status()
    for state in EXCHANGED - {ActivationState.ACTIVE}:
        Activation.objects.update(state=state)
        sealed = phone.seal({}, GENERIC)
        assert outcome(phone.post_sealed("/user/info", sealed)) == NO_ENCRYPTION


def test_an_overdue_activation_is_removed_first(bank: Bank, phone: WirePhone) -> None:
    waiting = wire_phone(bank.application, phone.suite)
    waiting.activate(waiting.begin(commit_phase=CommitPhase.ON_COMMIT))
    assert waiting.status().state == ActivationState.PENDING_COMMIT
    past = timezone.now() - timedelta(seconds=1)
    Activation.objects.filter(pk=waiting.activation_id).update(expires_at=past)
    assert waiting.status().state == ActivationState.REMOVED
    assert waiting.row.state == ActivationState.REMOVED


def test_activations_without_keys(phone: WirePhone) -> None:
    sealed = phone.seal({}, GENERIC)
    Activation.objects.update(activation_secret=b"")
    assert outcome(phone.post_sealed(PATH, sealed)) == NO_ACTIVATION
    Activation.objects.update(state=ActivationState.CREATED)
    assert outcome(phone.post_sealed(PATH, phone.seal({}, GENERIC))) == NO_ACTIVATION


def test_a_request_is_answered_once(phone: WirePhone) -> None:
    sealed = phone.seal({}, GENERIC)
    assert phone.post_sealed(PATH, sealed).status == 200
    assert outcome(phone.post_sealed(PATH, sealed)) == NO_ACTIVATION


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_of_another_time(phone: WirePhone, minutes: int) -> None:
    at = timezone.now() + timedelta(minutes=minutes)
    assert outcome(phone.post_sealed(PATH, phone.seal({}, GENERIC, at=at))) == NO_ACTIVATION


def test_a_key_of_somebody_else(phone: WirePhone, other_phone: WirePhone) -> None:
    sealed = other_phone.seal({}, GENERIC)
    headers = phone.encryption_header(Scope.ACTIVATION)
    assert outcome(phone.post_sealed(PATH, sealed, headers)) == NO_ACTIVATION


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"encryptedData":"AA=="}'])
def test_malformed_bodies(phone: WirePhone, body: bytes) -> None:
    headers = phone.encryption_header(Scope.ACTIVATION)
    assert outcome(phone.post(PATH, body, headers)) == NO_ACTIVATION
    sealed = phone.seal({}, GENERIC)
    for others in ({}, phone.encryption_header(Scope.APPLICATION)):
        assert outcome(phone.post_sealed(PATH, sealed, others)) == NO_ACTIVATION


def test_the_path_of_protocol_3_tells_nothing(phone: WirePhone) -> None:
    """Random bytes, as of an unknown activation, and other ones each time."""
    asked = {"requestObject": {"activationId": phone.activation_id, "challenge": "A" * 22 + "=="}}
    answers = [
        phone.server.post("/pa/v3/activation/status", to_bytes(asked)).payload for _ in range(2)
    ]
    blobs = {answer["encryptedStatusBlob"] for answer in answers}
    assert len(blobs) == 2 and {len(blob) for blob in blobs} == {44}
    for state in EXCHANGED:
        Activation.objects.update(state=state)
        answer = activation_status.answer(phone.row, bytes(16))
        assert (len(answer.blob), len(answer.nonce or b"")) == (32, 16)


def test_a_phone_of_protocol_3(alice: Phone, phone: WirePhone) -> None:
    sealed, _ = alice.seal(b"{}", GENERIC)
    headers = {"X-PowerAuth-Encryption": alice.encryption_header(Scope.ACTIVATION).format()}
    assert outcome(phone.post(PATH, sealed.to_json(), headers)) == NO_ACTIVATION
