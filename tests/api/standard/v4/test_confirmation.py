"""`/pa/v4/activation/confirm`: protocol-4.md 23.3."""

from datetime import timedelta

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationHistory, ActivationState, CommitPhase
from tests.api.answers import OK, outcome
from tests.api.standard.v4.phone import WirePhone, to_bytes, wire_phone
from tests.api.standard.v4.wire import CODE_INVALID, MALFORMED, NO_ACTIVATION, WRONG, P, attempts
from tests.bank import Bank
from tests.engine.generations_four.phone import PB

PATH, RESOURCE = "/activation/confirm", "/pa/activation/confirm"
BODY = {"requestObject": {"enableBiometry": True}}
PENDING = ActivationState.PENDING_COMMIT


@pytest.fixture
def waiting(bank: Bank, each_phone: WirePhone) -> WirePhone:
    """A phone of each suite whose activation waits for its commit."""
    waiting = wire_phone(bank.application, each_phone.suite)
    waiting.activate(waiting.begin(commit_phase=CommitPhase.ON_COMMIT))
    return waiting


@pytest.mark.main_path
@pytest.mark.parametrize("enabled", [True, False])
def test_confirmed(each_phone: WirePhone, enabled: bool) -> None:
    assert outcome(each_phone.confirm(enable_biometry=enabled)) == OK
    status = each_phone.status()
    assert (status.confirmation_pending, status.biometry_enabled) == (False, enabled)
    assert each_phone.validate(PB).ok is enabled
    reasons = ActivationHistory.objects.filter(activation_id=each_phone.activation_id)
    assert reasons.filter(event_reason="ACTIVATION_CONFIRMED").count() == 1


@pytest.mark.main_path
def test_before_the_commit(waiting: WirePhone) -> None:
    assert outcome(waiting.confirm(enable_biometry=True)) == OK
    row = waiting.row
    assert (row.state, row.confirmation_pending, row.biometry_enabled) == (PENDING, False, True)
    lifecycle.commit(waiting.activation_id, at=timezone.now())
    assert waiting.validate(PB).ok


def test_after_the_commit(waiting: WirePhone) -> None:
    lifecycle.commit(waiting.activation_id, at=timezone.now())
    assert outcome(waiting.confirm()) == OK


def test_nothing_else_is_possible_before_the_commit(waiting: WirePhone) -> None:
    """Only there is a code of an activation compared that waits for its commit."""
    assert outcome(waiting.validate()) == CODE_INVALID
    assert attempts(waiting) == (0, 0)


def test_only_once(phone: WirePhone) -> None:
    assert outcome(phone.confirm(enable_biometry=False)) == OK
    assert outcome(phone.confirm(enable_biometry=True)) == NO_ACTIVATION
    assert not phone.row.biometry_enabled


def test_an_overdue_activation(waiting: WirePhone) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Activation.objects.filter(pk=waiting.activation_id).update(expires_at=past)
    assert outcome(waiting.confirm()) == NO_ACTIVATION
    assert waiting.row.state == ActivationState.REMOVED
    assert waiting.row.confirmation_pending


@pytest.mark.parametrize("state", [ActivationState.BLOCKED, ActivationState.REMOVED])
def test_other_states(phone: WirePhone, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    assert outcome(phone.confirm()) == CODE_INVALID
    assert attempts(phone) == (0, 0)


def test_wrong_codes_before_the_commit_never_block(waiting: WirePhone) -> None:
    for number in range(1, 6):
        answer = waiting.post_signed(PATH, RESOURCE, BODY, knowledge=WRONG)
        assert outcome(answer) == CODE_INVALID
        assert (waiting.row.state, waiting.row.failed_attempts) == (PENDING, number)
    assert outcome(waiting.confirm()) == CODE_INVALID
    assert (waiting.row.state, waiting.row.failed_attempts) == (PENDING, 5)
    lifecycle.commit(waiting.activation_id, at=timezone.now())
    assert outcome(waiting.confirm()) == CODE_INVALID
    assert waiting.row.state == ActivationState.BLOCKED


def test_wrong_codes_after_the_commit_block(phone: WirePhone) -> None:
    for _ in range(5):
        phone.post_signed(PATH, RESOURCE, BODY, knowledge=WRONG)
    assert phone.row.state == ActivationState.BLOCKED


def test_one_factor_does_not_suffice(phone: WirePhone) -> None:
    Activation.objects.update(biometry_enabled=True)
    for kind in (P, PB):
        assert outcome(phone.post_signed(PATH, RESOURCE, BODY, kind)) == CODE_INVALID
    assert attempts(phone) == (0, 0)


def test_a_code_for_another_endpoint(phone: WirePhone) -> None:
    answer = phone.post_signed(PATH, "/pa/auth/validate", BODY)
    assert outcome(answer) == CODE_INVALID
    assert attempts(phone) == (0, 1)


def test_a_request_is_accepted_once(phone: WirePhone) -> None:
    body = to_bytes(BODY)
    headers = phone.code_header(RESOURCE, body)
    assert outcome(phone.post(PATH, body, headers)) == OK
    assert outcome(phone.post(PATH, body, headers)) == CODE_INVALID


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}",
        b'{"requestObject":null}',
        b'{"requestObject":{}}',
        b'{"requestObject":{"enableBiometry":null}}',
        b'{"requestObject":{"enableBiometry":"true"}}',
        b'{"requestObject":{"enableBiometry":1}}',
    ],
)
def test_malformed_bodies(phone: WirePhone, body: bytes) -> None:
    """The code counts all the same."""
    assert outcome(phone.post_signed(PATH, RESOURCE, body)) == MALFORMED
    assert phone.row.confirmation_pending
    assert attempts(phone) == (1, 0)


def test_without_a_code(phone: WirePhone) -> None:
    assert outcome(phone.post(PATH, BODY)) == CODE_INVALID
