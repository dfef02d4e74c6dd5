"""Housekeeping: what is over is ended or deleted, what is not stays (integration-api.md 15)."""

import uuid
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment_server.worker import housekeeping
from operations.models import Operation
from powerauth.engine import pruning
from powerauth.engine.activations import expiry
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    TemporaryKey,
    UniqueValue,
)
from powerauth.phone.phone import Phone
from tests.bank import Bank
from tests.factories import OperationFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def _values(at: datetime, *offsets: int) -> None:
    for number, offset in enumerate(offsets):
        UniqueValue.objects.create(digest=bytes([number]) * 32, expires_at=at + offset * SECOND)


def _key(at: datetime) -> TemporaryKey:
    return TemporaryKey.objects.create(
        id=uuid.uuid4(),
        application_key="key",
        algorithm="P-256",
        private_key=b"record",
        expires_at=at,
    )


def test_used_values_are_forgotten_when_they_cannot_return() -> None:
    now = timezone.now()
    _values(now, -3, -2, -1, 0, 1)

    assert pruning.prune_unique_values(at=now, batch=2) == 3
    assert pruning.prune_unique_values(at=now, batch=2) == 0
    assert sorted(bytes(row.digest)[0] for row in UniqueValue.objects.all()) == [3, 4]


def test_a_batch_is_a_short_transaction() -> None:
    now = timezone.now()
    _values(now, *[-1] * 9)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert pruning.prune_unique_values(at=now, batch=4) == 9
    deletes = [query for query in queries if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3


def test_temporary_keys_end_with_their_validity() -> None:
    now = timezone.now()
    _key(now - SECOND)
    kept = _key(now)

    assert pruning.prune_temporary_keys(at=now) == 1
    assert list(TemporaryKey.objects.all()) == [kept]


@pytest.mark.parametrize("commit", [False, True])
def test_pending_activations_are_removed_with_history(bank: Bank, commit: bool) -> None:
    phone = bank.phone("alice", commit=commit)
    past = timezone.now() - SECOND
    Activation.objects.update(expires_at=past)
    changes = ActivationHistory.objects.count()

    assert expiry.expire(at=timezone.now()) == (0 if commit else 1)

    row = bank.activation(phone)
    assert row.state == (ActivationState.ACTIVE if commit else ActivationState.REMOVED)
    assert ActivationHistory.objects.count() == changes + (0 if commit else 1)


def test_every_batch_of_activations_is_done(bank: Bank) -> None:
    for _ in range(5):
        bank.code("alice")
    now = timezone.now()
    Activation.objects.update(expires_at=now - SECOND)

    assert expiry.expire(at=now, batch=2) == 5
    assert set(Activation.objects.values_list("state", flat=True)) == {ActivationState.REMOVED}


@pytest.mark.main_path
def test_the_command_says_what_it_did_and_may_be_repeated(bank: Bank, alice: Phone) -> None:
    now = timezone.now()
    UniqueValue.objects.all().delete()
    TemporaryKey.objects.all().delete()
    _values(now, -1, 3600)
    _key(now - SECOND)
    bank.code("bob")
    Activation.objects.filter(user_id="bob").update(expires_at=now - SECOND)
    overdue = OperationFactory.create(expires_at=now - SECOND)
    texts = []
    for _ in range(2):
        out = StringIO()
        call_command("prune", stdout=out)
        texts.append(out.getvalue().splitlines())

    assert texts[0] == [
        "expired activations: 1",
        "expired operations: 1",
        "used values: 1",
        "temporary keys: 1",
        "finished callbacks: 0",
        "finished operations: 0",
        "signature audit: 0",
        "activation history: 0",
        "failed logins: 0",
        "sessions: 0",
        "finished push messages: 0",
        "old push messages: 0",
        "push devices: 0",
        "audit ties: 0",
    ]
    assert all(line.endswith(": 0") for line in texts[1])
    assert Operation.objects.get(pk=overdue.pk).status == "EXPIRED"
    assert bank.activation(alice).state == ActivationState.ACTIVE
    assert list(housekeeping.TASKS) == [line.partition(":")[0] for line in texts[0]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_somebody_else_has_locked_is_left_to_the_next_run() -> None:
    now = timezone.now()
    _values(now, -2, -1)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM powerauth_uniquevalue WHERE digest = %s FOR UPDATE", [bytes(32)]
            )
        assert pruning.prune_unique_values(at=now) == 1
        other.rollback()
    finally:
        other.close()
    assert pruning.prune_unique_values(at=now) == 1


def test_a_failing_batch_undoes_nothing_else() -> None:
    now = timezone.now()
    _values(now, -1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        pruning.prune_unique_values(at=now)
        _ = 1 / 0
    assert UniqueValue.objects.count() == 1
