"""Guessing signatures of eight digits: what strangers reach, and that the phone always gets in."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.signatures import guessing, signatures
from powerauth.engine.signatures.guessing import NARROW_AFTER, PAIR_AFTER, PAIR_WITHIN, PERIOD
from powerauth.models import Activation, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.signature import SignatureType, normalize_request
from powerauth.values import SignatureVerdict, SignedRequest
from tests.bank import PIN, Bank

P = SignatureType.POSSESSION
PK = SignatureType.POSSESSION_KNOWLEDGE
UNKNOWN_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="


def signed(phone: Phone, *, kind: SignatureType = P) -> SignedRequest:
    """Give the next right signature of a phone."""
    header = phone.signature_header("POST", "/pa/x", b"", factors=kind, pin=PIN)
    return SignedRequest(
        activation_id=header.activation_id,
        application_key=header.application_key,
        signature=header.signature,
        signature_type=kind,
        version=header.version,
        bases=[normalize_request("POST", "/pa/x", header.nonce, b"")],
    )


def guess(phone: Phone, **changes: Any) -> SignedRequest:
    """Give what a stranger sends who knows the activation id; the phone's counter stays."""
    state = phone.state
    right = signed(phone)
    phone.state = state
    wrong = (
        f"{(int(right.signature) + 1) % 10**8:08d}" if right.version == "3.0" else "A" * 22 + "=="
    )
    return replace(right, signature=wrong, **changes)


def verify(request: SignedRequest, at: datetime | None = None) -> SignatureVerdict:
    return signatures.verify_online(request, at=at or timezone.now())


def tried(phone: Phone, failures: int, *, since: datetime | None = None) -> None:
    """Put the activation into the state after so many guesses."""
    Activation.objects.filter(id=phone.activation_id).update(
        free_failures=failures, free_failures_since=since or timezone.now()
    )


def lose(phone: Phone, signatures: int) -> None:
    """Let the phone make signatures that never reach the server."""
    for _ in range(signatures):
        signed(phone)


@pytest.fixture
def old_phone(bank: Bank) -> Phone:
    return bank.phone("alice", version="3.0")


def test_every_failure_of_possession_is_counted_for_all_processes(
    bank: Bank, old_phone: Phone
) -> None:
    for _ in range(3):
        assert not verify(guess(old_phone)).valid
    row = bank.activation(old_phone)
    assert (row.free_failures, row.failed_attempts, row.counter) == (3, 0, 0)
    assert verify(signed(old_phone)).valid
    assert bank.activation(old_phone).free_failures == 3


@pytest.mark.parametrize("failures", [0, NARROW_AFTER - 1])
def test_below_the_first_limit_the_whole_window_counts(old_phone: Phone, failures: int) -> None:
    tried(old_phone, failures)
    lose(old_phone, 19)
    assert verify(signed(old_phone)).valid


@pytest.mark.parametrize("failures", [NARROW_AFTER, PAIR_AFTER - 4])
def test_a_phone_in_step_is_never_refused(bank: Bank, old_phone: Phone, failures: int) -> None:
    tried(old_phone, failures)
    for _ in range(3):
        assert not verify(guess(old_phone)).valid
        assert verify(signed(old_phone)).valid
    assert bank.activation(old_phone).counter == 3


def test_a_lucky_guess_for_a_later_counter_is_no_hit(bank: Bank, old_phone: Phone) -> None:
    """What a stranger hits with 20 times the chance of the next value, he hits for nothing."""
    tried(old_phone, NARROW_AFTER)
    lose(old_phone, 7)
    lucky = signed(old_phone)
    assert not verify(lucky).valid
    assert not verify(lucky).valid, "the same one again is no second one"
    assert bank.activation(old_phone).counter == 0


@pytest.mark.parametrize("failures", [NARROW_AFTER, PAIR_AFTER, 10 * PAIR_AFTER])
def test_a_phone_out_of_step_gets_in_by_two_signatures_in_a_row(
    bank: Bank, old_phone: Phone, failures: int
) -> None:
    tried(old_phone, failures)
    lose(old_phone, 7)
    first = verify(signed(old_phone))
    verify(guess(old_phone))
    second = verify(signed(old_phone))
    assert (first.valid, second.valid) == (False, True)
    row = bank.activation(old_phone)
    assert (row.counter, row.held_steps, row.held_at) == (9, 0, None)


def test_after_the_second_limit_it_takes_two(bank: Bank, old_phone: Phone) -> None:
    tried(old_phone, PAIR_AFTER)
    assert not verify(signed(old_phone)).valid
    assert bank.activation(old_phone).counter == 0
    assert verify(signed(old_phone)).valid


def test_the_second_of_a_pair_has_to_come_soon_and_next(old_phone: Phone) -> None:
    now = timezone.now()
    tried(old_phone, PAIR_AFTER, since=now)
    assert not verify(signed(old_phone), now).valid
    assert not verify(signed(old_phone), now + PAIR_WITHIN + timedelta(seconds=1)).valid
    lose(old_phone, 1)
    assert not verify(signed(old_phone), now + PAIR_WITHIN + timedelta(seconds=2)).valid


@pytest.mark.parametrize("version", ["3.1", "3.2", "3.3"])
def test_long_signatures_are_not_affected(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    tried(phone, 10 * PAIR_AFTER)
    lose(phone, 19)
    assert verify(signed(phone)).valid


def test_several_factors_are_not_affected(old_phone: Phone) -> None:
    tried(old_phone, 10 * PAIR_AFTER)
    lose(old_phone, 19)
    assert verify(signed(old_phone, kind=PK)).valid


def test_eight_digits_for_a_phone_that_came_with_more(bank: Bank, alice: Phone) -> None:
    """Nobody but a stranger sends them, so after the first limit a single one never counts."""
    assert alice.version == "3.3"
    alice.version = "3.0"
    assert verify(signed(alice)).valid
    tried(alice, NARROW_AFTER)
    assert not verify(signed(alice)).valid
    assert verify(signed(alice)).valid
    alice.version = "3.3"
    assert verify(signed(alice)).valid


def test_failures_are_forgotten_after_a_day(bank: Bank, old_phone: Phone) -> None:
    now = timezone.now()
    tried(old_phone, 10 * PAIR_AFTER, since=now - PERIOD)
    lose(old_phone, 5)
    assert verify(signed(old_phone), now).valid
    verify(guess(old_phone), now)
    row = bank.activation(old_phone)
    assert (row.free_failures, row.free_failures_since) == (1, now)


@pytest.mark.parametrize("limit", [NARROW_AFTER, PAIR_AFTER])
def test_guessing_is_told_once_at_each_limit(
    old_phone: Phone, caplog: pytest.LogCaptureFixture, limit: int
) -> None:
    tried(old_phone, limit - 2)
    with caplog.at_level(logging.WARNING, logger=guessing.__name__):
        for _ in range(4):
            verify(guess(old_phone))
    assert [record.args[:2] for record in caplog.records if record.args] == [  # type: ignore[index]
        (Activation.objects.get(id=old_phone.activation_id).pk, limit)
    ]


@pytest.mark.parametrize("failures", [0, NARROW_AFTER, PAIR_AFTER])
def test_no_attempt_takes_more_than_three_statements(old_phone: Phone, failures: int) -> None:
    tried(old_phone, failures)
    for request in (guess(old_phone), signed(old_phone), signed(old_phone)):
        with CaptureQueriesContext(connection) as queries:
            verify(request)
        asked = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 3


# --- The database is not for strangers to fill -------------------------------------------------


@pytest.mark.parametrize("state", ["ACTIVE", "BLOCKED", "REMOVED", "other application"])
def test_what_costs_nothing_is_recorded_so_many_times_a_day(
    bank: Bank, old_phone: Phone, settings: Settings, state: str
) -> None:
    settings.SIGNATURE_AUDIT_FAILURES_PER_DAY = 3
    changes = {"application_key": UNKNOWN_KEY} if state == "other application" else {}
    request = guess(old_phone, **changes)
    if state == "REMOVED":
        lifecycle.remove(old_phone.activation_id, at=timezone.now())
    if state == "BLOCKED":
        lifecycle.block(old_phone.activation_id, at=timezone.now())
    for _ in range(10):
        assert not verify(request).valid
    assert SignatureAudit.objects.count() == 3
    assert bank.activation(old_phone).free_failures == 10


def test_the_rest_is_told_by_the_first_record_of_the_next_day(
    old_phone: Phone, settings: Settings
) -> None:
    settings.SIGNATURE_AUDIT_FAILURES_PER_DAY = 3
    now = timezone.now()
    for hour in (0, 1, 2, 3, 4, 24, 25):
        verify(guess(old_phone), now + timedelta(hours=hour))
    told = [row.additional_info for row in SignatureAudit.objects.order_by("id")]
    assert told == [{}, {}, {}, {"UNRECORDED_FAILURES": "2"}, {}]


def test_every_success_and_every_counted_failure_is_recorded(
    old_phone: Phone, settings: Settings
) -> None:
    settings.SIGNATURE_AUDIT_FAILURES_PER_DAY = 1
    for _ in range(3):
        verify(guess(old_phone))
    wrong = replace(signed(old_phone, kind=PK), signature="00000000-00000000")
    assert not verify(wrong).valid
    assert verify(signed(old_phone)).valid
    notes = SignatureAudit.objects.order_by("id").values_list("note", flat=True)
    assert list(notes) == ["signature_does_not_match"] * 2 + ["signature_ok"]


def test_zero_records_everything(old_phone: Phone, settings: Settings) -> None:
    settings.SIGNATURE_AUDIT_FAILURES_PER_DAY = 0
    tried(old_phone, PAIR_AFTER)
    verify(guess(old_phone))
    assert SignatureAudit.objects.count() == 1
