"""Records that are kept for days: none goes before its time, and nothing that is still needed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.worker import housekeeping
from operations.decisions import retention
from operations.models import Operation, OperationApplication, OperationStatus
from powerauth.engine import pruning
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationHistory, CallbackEvent, SignatureAudit
from powerauth.phone.phone import Phone
from tests.bank import PIN, Bank
from tests.factories import OperationFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SETTINGS = (
    "SIGNATURE_AUDIT_RETENTION_DAYS",
    "ACTIVATION_HISTORY_RETENTION_DAYS",
    "OPERATION_RETENTION_DAYS",
)


def _operation(at: datetime, **values: Any) -> Operation:
    values = {"created_at": at, "expires_at": at, "status": OperationStatus.EXPIRED, **values}
    return OperationFactory.create(**values)


def _statements(queries: CaptureQueriesContext, kind: str, table: str) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].startswith(kind) and table in q["sql"]]


@pytest.fixture
def thirty_days(settings: Settings) -> None:
    for name in SETTINGS:
        setattr(settings, name, 30)


def test_everything_is_kept_for_ever_by_default(alice: Phone) -> None:
    long_ago = timezone.now() - 10_000 * DAY
    alice.validate_signature(pin=PIN)
    SignatureAudit.objects.update(created_at=long_ago)
    ActivationHistory.objects.update(created_at=long_ago)
    _operation(long_ago, finalized_at=long_ago, status="APPROVED")
    changes = ActivationHistory.objects.count()
    call_command("prune")
    assert SignatureAudit.objects.count() == Operation.objects.count() == 1
    assert ActivationHistory.objects.count() == changes > 1


@pytest.mark.usefixtures("thirty_days")
def test_signatures_go_after_their_days(alice: Phone) -> None:
    now = timezone.now()
    for days in (31, 30, 29, 0):
        alice.validate_signature(pin=PIN)
        row = SignatureAudit.objects.order_by("-id")[0]
        SignatureAudit.objects.filter(pk=row.pk).update(created_at=now - days * DAY)
    SignatureAudit.objects.filter(created_at=now - 30 * DAY).update(
        created_at=now - 30 * DAY - timedelta(seconds=1)
    )
    assert pruning.prune_signature_audit(at=now, batch=1) == 2
    assert pruning.prune_signature_audit(at=now) == 0
    assert {row.created_at for row in SignatureAudit.objects.all()} == {now - 29 * DAY, now}


@pytest.mark.usefixtures("thirty_days")
def test_operations_go_after_their_end_and_never_while_they_wait() -> None:
    now = timezone.now()
    old, recent = now - 31 * DAY, now - 29 * DAY
    gone = [
        _operation(old),
        _operation(old, status="APPROVED", finalized_at=old, expires_at=now + 300 * DAY),
        _operation(old, status="FAILED", finalized_at=old),
    ]
    kept = [
        _operation(now - 900 * DAY, status="PENDING"),
        _operation(now - 900 * DAY, status="PENDING", expires_at=now + DAY),
        _operation(now - 900 * DAY, status="REJECTED", finalized_at=recent),
        _operation(now - 900 * DAY, expires_at=recent),
        _operation(recent),
    ]
    assert retention.prune_finished(at=now, batch=2) == len(gone)
    assert set(Operation.objects.values_list("pk", flat=True)) == {each.pk for each in kept}
    links = OperationApplication.objects.exclude(operation__in=[each.pk for each in kept])
    assert not links.exists()


@pytest.mark.usefixtures("thirty_days")
def test_events_of_a_deleted_operation_are_still_delivered(bank: Bank) -> None:
    now = timezone.now()
    _operation(now - 31 * DAY)
    events = CallbackEvent.objects.count()
    retention.prune_finished(at=now)
    assert CallbackEvent.objects.count() == events


@pytest.mark.usefixtures("thirty_days")
def test_the_last_change_of_an_activation_stays(bank: Bank, alice: Phone, bob: Phone) -> None:
    now = timezone.now()
    lifecycle.block(alice.activation_id, at=now, reason="STOLEN")
    of_alice = ActivationHistory.objects.filter(activation_id=alice.activation_id)
    for number, row in enumerate(ActivationHistory.objects.order_by("id")):
        moment = now - 60 * DAY + number * timedelta(hours=1)
        ActivationHistory.objects.filter(pk=row.pk).update(created_at=moment)
    assert of_alice.count() > 2
    assert pruning.prune_activation_history(at=now, batch=1) > 2
    assert [row.event_reason for row in of_alice] == ["STOLEN"]
    assert ActivationHistory.objects.filter(activation_id=bob.activation_id).count() == 1
    assert Activation.objects.count() == 2


@pytest.mark.usefixtures("thirty_days")
def test_batches_are_short_and_never_look_twice(bank: Bank) -> None:
    now = timezone.now()
    phones = [bank.phone(f"user-{number}") for number in range(3)]
    ActivationHistory.objects.update(created_at=now - 40 * DAY)
    for phone in phones:
        lifecycle.block(phone.activation_id, at=now - 35 * DAY)
    rows = ActivationHistory.objects.count() - len(phones)
    with CaptureQueriesContext(connection) as queries:
        assert pruning.prune_activation_history(at=now, batch=2) == rows
    table = ActivationHistory._meta.db_table
    assert len(_statements(queries, "DELETE", table)) == -(-rows // 2)
    later = _statements(queries, "SELECT", table)[1:]
    assert later
    assert all('"created_at" >= ' in sql for sql in later)


def test_the_worker_does_them() -> None:
    names = {"finished operations", "signature audit", "activation history"}
    assert names <= set(housekeeping.TASKS)
