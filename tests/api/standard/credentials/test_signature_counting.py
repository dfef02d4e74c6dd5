"""Counter window, failed attempts and blocking, over HTTP: protocol.md 7.4, 7.6."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationHistory, ActivationState, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import OK, outcome
from tests.api.standard.wire import PB, PK, PKB, UNAUTHENTICATED, WRONG_PIN, P, attempts
from tests.api.standard.words import words
from tests.bank import PIN, VERSIONS, Bank


def fail(phone: Phone, times: int) -> None:
    for _ in range(times):
        assert outcome(phone.validate_signature(pin=WRONG_PIN)) == UNAUTHENTICATED


def refuse_version(bank: Bank) -> None:
    applications.set_supported(bank.application.id, "default", supported=False)


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_window_of_twenty(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    phone.advance(19)
    assert outcome(phone.validate_signature(pin=PIN)) == OK
    assert attempts(phone) == (20, 0)
    phone.advance(20)
    assert outcome(phone.validate_signature(pin=PIN)) == words(version).no_code
    assert attempts(phone) == (20, 1)


@pytest.mark.parametrize("size", [1, 5, 64])
def test_window_as_configured(alice: Phone, settings: Settings, size: int) -> None:
    settings.POWERAUTH_SIGNATURE_LOOKAHEAD = size
    before = alice.state
    alice.advance(size)
    assert outcome(alice.validate_signature(factors=P)) == UNAUTHENTICATED
    alice.state = before
    alice.advance(size - 1)
    assert outcome(alice.validate_signature(factors=P)) == OK
    assert attempts(alice) == (size, 0)


def test_skipped_values_are_dead(alice: Phone) -> None:
    skipped = alice.sign("POST", "/pa/signature/validate", b"", factors=PK, pin=PIN)
    assert outcome(alice.validate_signature(pin=PIN)) == OK
    headers = {"X-PowerAuth-Authorization": skipped}
    answer = alice.server.post("/pa/v3/signature/validate", b"", headers)
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (2, 1)


@pytest.mark.main_path
def test_five_wrong_pins_block(alice: Phone) -> None:
    fail(alice, 4)
    assert Activation.objects.get().state == ActivationState.ACTIVE
    fail(alice, 1)
    row = Activation.objects.get()
    assert (row.state, row.blocked_reason) == (ActivationState.BLOCKED, "MAX_FAILED_ATTEMPTS")
    assert (row.counter, row.failed_attempts) == (0, 5)
    change = ActivationHistory.objects.all()[0]
    assert (change.state, change.event_reason) == (ActivationState.BLOCKED, "MAX_FAILED_ATTEMPTS")
    assert SignatureAudit.objects.filter(valid=False).count() == 5


def test_blocked_is_refused_until_unblocked(alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert outcome(alice.validate_signature(factors=P)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert alice.status().state == ActivationState.BLOCKED
    audit = SignatureAudit.objects.all()[0]
    assert audit.note == "activation_invalid_state"
    assert audit.additional_info == {"BLOCKED_REASON": "NOT_SPECIFIED"}
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert outcome(alice.validate_signature(pin=PIN)) == OK


@pytest.mark.parametrize("factors", [PK, PB, PKB])
def test_a_good_signature_resets_the_count(alice: Phone, factors: SignatureType) -> None:
    fail(alice, 4)
    assert outcome(alice.validate_signature(factors=factors, pin=PIN)) == OK
    assert attempts(alice)[1] == 0
    fail(alice, 4)
    assert outcome(alice.validate_signature(pin=PIN)) == OK


def test_possession_never_resets_the_count(alice: Phone) -> None:
    fail(alice, 4)
    assert outcome(alice.validate_signature(factors=P)) == OK
    assert attempts(alice)[1] == 4
    fail(alice, 1)
    assert Activation.objects.get().state == ActivationState.BLOCKED


def test_possession_never_counts(alice: Phone) -> None:
    alice.advance(20)
    for _ in range(6):
        assert outcome(alice.validate_signature(factors=P)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert Activation.objects.get().state == ActivationState.ACTIVE


def test_wrong_biometry_counts(alice: Phone) -> None:
    alice.advance(20)
    assert outcome(alice.validate_signature(factors=PB)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)


def test_maximum_of_the_activation_not_of_the_server(bank: Bank) -> None:
    phone = bank.phone("alice", max_failed_attempts=2)
    fail(phone, 2)
    assert bank.activation(phone).state == ActivationState.BLOCKED


def test_maximum_reached_before_blocks_at_the_next_attempt(alice: Phone) -> None:
    Activation.objects.update(failed_attempts=5)
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    row = Activation.objects.get()
    assert (row.state, row.counter, row.failed_attempts) == (ActivationState.BLOCKED, 0, 5)
    assert SignatureAudit.objects.get().note == "activation_invalid_state_ctr_mismatch"


def test_application_of_another_bank(alice: Phone, mallory: Phone) -> None:
    alice.config = mallory.config
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)
    assert SignatureAudit.objects.get().note == "activation_invalid_application"


def test_unsupported_version_counts_on_an_active_activation(bank: Bank, alice: Phone) -> None:
    refuse_version(bank)
    for _ in range(5):
        assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.BLOCKED


def test_unsupported_version_never_blocks_possession(bank: Bank, alice: Phone) -> None:
    refuse_version(bank)
    for _ in range(6):
        assert outcome(alice.validate_signature(factors=P)) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.ACTIVE


@pytest.mark.parametrize(
    "state", [ActivationState.CREATED, ActivationState.PENDING_COMMIT, ActivationState.REMOVED]
)
def test_reference_defect_unsupported_version_blocks_what_is_not_active(
    bank: Bank, alice: Phone, state: ActivationState
) -> None:
    """The reference server turned such an activation BLOCKED, and unblocking made it ACTIVE."""
    refuse_version(bank)
    Activation.objects.update(state=state, failed_attempts=4)
    for _ in range(6):
        assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    row = bank.activation(alice)
    assert (row.state, row.failed_attempts, row.blocked_reason) == (state, 4, "")


@pytest.mark.parametrize(
    "state", [ActivationState.CREATED, ActivationState.PENDING_COMMIT, ActivationState.REMOVED]
)
def test_only_active_activations_sign(bank: Bank, alice: Phone, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert outcome(alice.validate_signature(pin=WRONG_PIN)) == UNAUTHENTICATED
    assert (bank.activation(alice).state, attempts(alice)) == (state, (0, 0))


def test_counts_are_the_signers_alone(alice: Phone, bob: Phone) -> None:
    fail(alice, 5)
    assert outcome(bob.validate_signature(pin=PIN)) == OK
    assert attempts(bob) == (1, 0)


def test_answers_do_not_tell_why(bank: Bank, alice: Phone, bob: Phone) -> None:
    fail(alice, 5)
    lifecycle.remove(bob.activation_id, at=timezone.now())
    answers = [phone.validate_signature(pin=PIN) for phone in (alice, bob)]
    assert answers[0].content == answers[1].content
    # Each request has an id of its own.
    told = [{**answer.headers, "X-Correlation-ID": ""} for answer in answers]
    assert told[0] == told[1]


def test_phone_repairs_its_counter_from_the_status(alice: Phone) -> None:
    behind = alice.state
    for _ in range(10):
        assert outcome(alice.validate_signature(factors=P)) == OK
    alice.state = behind
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    alice.status()
    assert outcome(alice.validate_signature(pin=PIN)) == OK
