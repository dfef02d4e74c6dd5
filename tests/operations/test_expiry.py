"""The job that expires operations: integration-api.md 13.3."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from operations.decisions import expiry
from operations.models import Operation
from tests.factories import OperationFactory


@pytest.mark.main_path
def test_command_says_how_many(db: None) -> None:
    past = timezone.now() - timedelta(seconds=1)
    overdue = OperationFactory.create(expires_at=past)
    waiting = OperationFactory.create()
    finished = OperationFactory.create(expires_at=past, status="APPROVED")
    texts = []
    for _ in range(2):
        out = StringIO()
        call_command("expire_operations", stdout=out)
        texts.append(out.getvalue())
    assert texts == ["Expired operations: 1\n", "Expired operations: 0\n"]
    for operation, status in [(overdue, "EXPIRED"), (waiting, "PENDING"), (finished, "APPROVED")]:
        operation.refresh_from_db()
        assert (operation.status, operation.finalized_at) == (status, None)


def test_every_batch_is_done(db: None) -> None:
    now = timezone.now()
    for second in range(7):
        OperationFactory.create(expires_at=now - timedelta(seconds=second + 1))
    assert expiry.expire(at=now, batch=3) == 7
    assert Operation.objects.filter(status="EXPIRED").count() == 7


def test_the_last_moment_still_counts(db: None) -> None:
    operation = OperationFactory.create()
    assert expiry.expire(at=operation.expires_at) == 0
    assert expiry.expire(at=operation.expires_at + timedelta(microseconds=1)) == 1
