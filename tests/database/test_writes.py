"""New rows by texts that are written once: what is stored is what the ORM stores."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment_server.database.writes import execute_together, inserting
from operations.models import Operation, OperationApplication

pytestmark = pytest.mark.django_db


def an_operation() -> Operation:
    at = timezone.now()
    return Operation(
        id=uuid.uuid4(),
        user_id="o'text % and ✓",
        data="A1",
        parameters={"amount": "1.0", "nothing": None},
        additional_data={"number": 0.10},
        signature_types=["POSSESSION"],
        max_failure_count=5,
        proximity_seed=b"\x00\xff",
        created_at=at,
        expires_at=at,
    )


def columns(row: models.Model, *without: str) -> dict[str, Any]:
    stored = type(row)._default_manager.filter(pk=row.pk).values().get()
    return {name: value for name, value in stored.items() if name not in without}


@pytest.mark.main_path
def test_a_row_is_stored_as_the_orm_stores_it() -> None:
    ours = an_operation()
    execute_together(inserting([ours]))
    theirs = an_operation()
    theirs.created_at, theirs.expires_at = ours.created_at, ours.expires_at
    theirs.save(force_insert=True)
    assert columns(ours, "id") == columns(theirs, "id")


@pytest.mark.main_path
def test_rows_together() -> None:
    one = an_operation()
    links = [OperationApplication(operation=one, application_id=name) for name in ("a", "b")]
    with CaptureQueriesContext(connection) as captured:
        execute_together(inserting([one]), inserting(links))
    assert len(captured.captured_queries) == (1 if connection.vendor == "postgresql" else 2)
    assert [link.application_id for link in one.applications.all()] == ["a", "b"]


def test_either_all_or_none() -> None:
    one, known = an_operation(), an_operation()
    known.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute_together(inserting([one]), inserting([known]))
    assert list(Operation.objects.all()) == [known]
