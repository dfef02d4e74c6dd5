"""Codes in other states than ACTIVE, for callers that admit them: protocol-4.md 23.3, 24.4."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.factors.confirmation import STATES
from powerauth.engine.signatures import at_once, signatures
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, ActivationState, CommitPhase, SignatureAudit
from powerauth.protocol.signed_request import SignatureType
from powerauth.values import SignatureVerdict
from tests.bank import Bank
from tests.engine.generations_four.phone import PK, Phone4, new_phone

P = SignatureType.POSSESSION
WRONG = bytes(32)
PENDING = ActivationState.PENDING_COMMIT


@pytest.fixture(autouse=True, params=[True, False], ids=["at once", "under the lock"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not request.param:
        monkeypatch.setattr(at_once, "verify", lambda *args, **kwargs: None)
    yield


@pytest.fixture
def waiting(bank: Bank, phone: Phone4) -> Phone4:
    """A phone whose activation waits for its commit."""
    another = new_phone(bank.application, phone.suite)
    another.activate(another.begin(commit_phase=CommitPhase.ON_COMMIT))
    return another


def judged(phone: Phone4, kind: SignatureType = PK, **replaced: bytes) -> SignatureVerdict:
    request = phone.signed(kind, resource="/pa/activation/confirm", **replaced)
    return signatures.verify_online(request, at=timezone.now(), admitted=STATES)


def test_only_who_admits_the_state_has_a_code_compared(waiting: Phone4) -> None:
    assert not waiting.sign().valid
    row = waiting.row
    assert (row.state, row.counter, row.failed_attempts) == (PENDING, 0, 0)
    assert judged(waiting).valid
    assert (waiting.row.state, waiting.row.counter) == (PENDING, 2)


@pytest.mark.parametrize("state", set(ActivationState) - STATES)
def test_other_states_are_not_admitted(waiting: Phone4, state: ActivationState) -> None:
    Activation.objects.filter(pk=waiting.activation_id).update(state=state)
    verdict = judged(waiting)
    assert (verdict.valid, verdict.reason) == (False, "activation_invalid_state")
    assert (waiting.row.state, waiting.row.counter) == (state, 0)


def test_wrong_codes_are_counted_and_never_block(waiting: Phone4) -> None:
    for number in range(1, 6):
        verdict = judged(waiting, knowledge=WRONG)
        assert (verdict.valid, verdict.remaining_attempts) == (False, 5 - number)
        assert (waiting.row.state, waiting.row.failed_attempts) == (PENDING, number)
    for kind in (PK, P):
        verdict = judged(waiting, kind)
        assert (verdict.valid, verdict.remaining_attempts) == (False, 0)
        assert verdict.reason == "activation_invalid_state_ctr_mismatch"
    row = waiting.row
    assert (row.state, row.failed_attempts, row.counter) == (PENDING, 5, 0)
    assert SignatureAudit.objects.filter(activation_id=row.pk, valid=False).count() == 7


def test_the_first_code_after_the_commit_blocks(waiting: Phone4) -> None:
    for _ in range(5):
        judged(waiting, knowledge=WRONG)
    lifecycle.commit(waiting.activation_id, at=timezone.now())
    assert (waiting.row.state, waiting.row.failed_attempts) == (ActivationState.ACTIVE, 5)
    assert not judged(waiting).valid
    assert waiting.row.state == ActivationState.BLOCKED
    assert waiting.row.blocked_reason == "MAX_FAILED_ATTEMPTS"


def test_wrong_possession_is_not_counted(waiting: Phone4) -> None:
    judged(waiting, P, possession=WRONG)
    assert (waiting.row.failed_attempts, waiting.row.free_failures) == (0, 1)


@pytest.fixture
def with_otp(bank: Bank, phone: Phone4) -> Phone4:
    """A phone whose activation waits for an OTP at its commit."""
    another = new_phone(bank.application, phone.suite)
    another.activate(another.begin(commit_phase=CommitPhase.ON_COMMIT, otp="12345678"))
    return another


def commit(phone: Phone4, otp: str) -> ErrorCode | None:
    try:
        lifecycle.commit(phone.activation_id, otp_text=otp, at=timezone.now())
    except EngineRefusal as refusal:
        return refusal.code
    return None


def test_a_right_code_does_not_give_back_attempts_at_the_otp(with_otp: Phone4) -> None:
    for number in range(1, 5):
        assert commit(with_otp, "00000000") is ErrorCode.INVALID_OTP
        assert judged(with_otp).valid
        assert with_otp.row.failed_attempts == number
    assert commit(with_otp, "00000000") is ErrorCode.INVALID_OTP
    assert with_otp.row.state == ActivationState.REMOVED


def test_a_right_otp_does_not_give_back_attempts_at_codes(with_otp: Phone4) -> None:
    for _ in range(4):
        judged(with_otp, knowledge=WRONG)
    assert commit(with_otp, "12345678") is None
    assert (with_otp.row.state, with_otp.row.failed_attempts) == (ActivationState.ACTIVE, 4)
    judged(with_otp, knowledge=WRONG)
    assert with_otp.row.state == ActivationState.BLOCKED


def test_attempts_are_given_back_by_the_first_right_code_after_the_commit(
    with_otp: Phone4,
) -> None:
    assert commit(with_otp, "00000000") is ErrorCode.INVALID_OTP
    assert commit(with_otp, "12345678") is None
    assert with_otp.row.failed_attempts == 1
    assert judged(with_otp).valid
    assert with_otp.row.failed_attempts == 0


def test_a_confirmed_phone_has_all_attempts_after_a_right_otp(with_otp: Phone4) -> None:
    Activation.objects.update(confirmation_pending=False)
    assert commit(with_otp, "00000000") is ErrorCode.INVALID_OTP
    assert commit(with_otp, "12345678") is None
    assert with_otp.row.failed_attempts == 0
