"""States of activations and their history: integration-api.md 6 and 7, protocol.md 4.1."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from powerauth.engine.activations import activation_status, lifecycle
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
)
from powerauth.phone.phone import Phone
from tests.bank import Bank

CREATED, PENDING, ACTIVE, BLOCKED, REMOVED = ActivationState
OTP = "28561"

Verb = Callable[[str], object]
VERBS: dict[str, Verb] = {
    "commit": lambda id_: lifecycle.commit(id_, at=timezone.now()),
    "block": lambda id_: lifecycle.block(id_, reason="LOST", at=timezone.now()),
    "unblock": lambda id_: lifecycle.unblock(id_, at=timezone.now()),
    "remove": lambda id_: lifecycle.remove(id_, at=timezone.now()),
    "rename": lambda id_: lifecycle.rename(id_, name="New", at=timezone.now()),
    "update_otp": lambda id_: lifecycle.update_otp(id_, otp_text="1", at=timezone.now()),
}
STATE = ErrorCode.ACTIVATION_STATE
OUTCOMES: list[tuple[str, ActivationState, ActivationState | ErrorCode]] = [
    ("commit", CREATED, STATE),
    ("commit", PENDING, ACTIVE),
    ("commit", ACTIVE, STATE),
    ("commit", BLOCKED, STATE),
    ("commit", REMOVED, ErrorCode.ACTIVATION_EXPIRED),
    ("block", CREATED, STATE),
    ("block", PENDING, STATE),
    ("block", ACTIVE, BLOCKED),
    ("block", BLOCKED, BLOCKED),
    ("block", REMOVED, STATE),
    ("unblock", CREATED, STATE),
    ("unblock", PENDING, STATE),
    ("unblock", ACTIVE, ACTIVE),
    ("unblock", BLOCKED, ACTIVE),
    ("unblock", REMOVED, STATE),
    *[("remove", state, REMOVED) for state in ActivationState],
    ("rename", CREATED, STATE),
    ("rename", PENDING, PENDING),
    ("rename", ACTIVE, ACTIVE),
    ("rename", BLOCKED, STATE),
    ("rename", REMOVED, STATE),
    ("update_otp", CREATED, STATE),
    ("update_otp", PENDING, PENDING),
    ("update_otp", ACTIVE, STATE),
    ("update_otp", BLOCKED, STATE),
    ("update_otp", REMOVED, STATE),
]


def refusal_of(verb: Verb, activation_id: str) -> ErrorCode:
    with pytest.raises(EngineRefusal) as refusal:
        verb(activation_id)
    return refusal.value.code


@pytest.mark.parametrize(("verb", "state", "expected"), OUTCOMES)
def test_every_verb_in_every_state(
    bank: Bank,
    alice: Phone,
    verb: str,
    state: ActivationState,
    expected: ActivationState | ErrorCode,
) -> None:
    Activation.objects.update(state=state, expires_at=timezone.now() + timedelta(minutes=5))
    if isinstance(expected, ErrorCode):
        assert refusal_of(VERBS[verb], alice.activation_id) is expected
        assert bank.activation(alice).state == state
    else:
        VERBS[verb](alice.activation_id)
        assert bank.activation(alice).state == expected


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("activation_id", ["12345678-1234-4234-8234-123456789012", "x"])
def test_unknown_activation(db: None, verb: str, activation_id: str) -> None:
    assert refusal_of(VERBS[verb], activation_id) is ErrorCode.ACTIVATION_NOT_FOUND


def rows(phone: Phone) -> list[tuple[int, str, str]]:
    changes = ActivationHistory.objects.filter(activation_id=phone.activation_id).order_by("id")
    return [(it.state, it.event_reason, it.external_user_id) for it in changes]


def test_history_of_a_life(alice: Phone) -> None:
    now = timezone.now()
    name = alice.activation_id
    lifecycle.block(name, reason="LOST", external_user_id="clerk", at=now)
    lifecycle.block(name, reason="AGAIN", at=now)
    lifecycle.unblock(name, external_user_id="boss", at=now)
    lifecycle.unblock(name, at=now)
    lifecycle.block(name, at=now)
    lifecycle.remove(name, external_user_id="boss", at=now)
    assert rows(alice) == [
        (CREATED, "", ""),
        (PENDING, "", ""),
        (ACTIVE, "", ""),
        (BLOCKED, "LOST", "clerk"),
        (ACTIVE, "", "boss"),
        (BLOCKED, "NOT_SPECIFIED", ""),
        (REMOVED, "", "boss"),
    ]


def test_time_and_name_of_a_change(bank: Bank, alice: Phone) -> None:
    at = timezone.now() + timedelta(days=1)
    lifecycle.rename(alice.activation_id, name="New", at=at)
    change = ActivationHistory.objects.all()[0]
    assert (change.created_at, change.activation_name, change.version) == (at, "New", 3)
    assert bank.activation(alice).last_change_at == at


def test_unblocking_gives_all_attempts_back(bank: Bank, alice: Phone) -> None:
    Activation.objects.update(failed_attempts=5)
    lifecycle.block(alice.activation_id, at=timezone.now())
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    row = bank.activation(alice)
    assert (row.failed_attempts, row.blocked_reason) == (0, "")


@pytest.mark.parametrize("verb", ["commit", "update_otp"])
def test_expired_activation_is_removed_though_the_verb_is_refused(bank: Bank, verb: str) -> None:
    phone = bank.phone("alice", commit=False)
    Activation.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
    refusal_of(VERBS[verb], phone.activation_id)
    assert bank.activation(phone).state == REMOVED
    assert rows(phone)[-1] == (REMOVED, "", "")


def test_wrong_otps_at_commit(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, otp=OTP)
    name = phone.activation_id
    assert refusal_of(VERBS["commit"], name) is ErrorCode.INVALID_OTP
    assert bank.activation(phone).failed_attempts == 0
    for failed in range(1, 6):
        wrong = partial(lifecycle.commit, otp_text="0", at=timezone.now())
        assert refusal_of(wrong, name) is ErrorCode.INVALID_OTP
        assert bank.activation(phone).failed_attempts == failed
    assert bank.activation(phone).state == REMOVED
    reasons = [reason for _, reason, _ in rows(phone)]
    assert reasons == ["", "", *["OTP_FAILED_ATTEMPT"] * 4, "OTP_MAX_FAILED_ATTEMPTS"]


def test_right_otp_forgives(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, otp=OTP)
    with pytest.raises(EngineRefusal):
        lifecycle.commit(phone.activation_id, otp_text="0", at=timezone.now())
    lifecycle.commit(phone.activation_id, otp_text=OTP, at=timezone.now())
    row = bank.activation(phone)
    assert (row.state, row.failed_attempts) == (ACTIVE, 0)


def test_superfluous_otp_at_commit(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False)
    superfluous = partial(lifecycle.commit, otp_text=OTP, at=timezone.now())
    assert refusal_of(superfluous, phone.activation_id) is ErrorCode.INVALID_OTP
    assert bank.activation(phone).state == PENDING


def test_updated_otp_is_the_one_that_counts(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, otp=OTP)
    lifecycle.update_otp(phone.activation_id, otp_text="77777", at=timezone.now())
    with pytest.raises(EngineRefusal):
        lifecycle.commit(phone.activation_id, otp_text=OTP, at=timezone.now())
    lifecycle.commit(phone.activation_id, otp_text="77777", at=timezone.now())
    assert bank.activation(phone).state == ACTIVE


def test_otp_of_the_key_exchange_cannot_be_updated(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False)
    Activation.objects.update(otp_validation=OtpValidation.ON_KEY_EXCHANGE)
    assert refusal_of(VERBS["update_otp"], phone.activation_id) is ErrorCode.OTP_MODE


def test_commit_needs_its_phase(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False)
    Activation.objects.update(commit_phase=CommitPhase.ON_KEY_EXCHANGE)
    assert refusal_of(VERBS["commit"], phone.activation_id) is STATE


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_name_that_is_none(alice: Phone, name: str) -> None:
    renaming = partial(lifecycle.rename, name=name, at=timezone.now())
    assert refusal_of(renaming, alice.activation_id) is ErrorCode.INVALID_REQUEST


def test_fingerprint_is_that_of_the_phone(bank: Bank, alice: Phone) -> None:
    assert activation_status.fingerprint(bank.activation(alice)) == alice.fingerprint
    bank.code("bob")
    assert activation_status.fingerprint(Activation.objects.get(user_id="bob")) is None
