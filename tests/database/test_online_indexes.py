"""Indexes of a table with rows are changed on both databases, there and back, and once more."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from operations.models import Operation
from tests.factories import OperationFactory

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = "0005_titles_of_relations", "0006_fewer_indexes"


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Operation._meta.db_table)
    return {name for name in found if name.startswith("operation_")}


def migrate(name: str) -> None:
    call_command("migrate", "operations", name, verbosity=0)


@pytest.fixture
def newest() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.main_path
def test_there_and_back(newest: None) -> None:
    OperationFactory.create(applications=["app"])
    now = indexes()
    assert {"operation_listed", "operation_external_given"} <= now
    migrate(BEFORE)
    assert {
        "operation_time",
        "operation_status",
        "operation_type",
        "operation_external",
    } <= indexes()
    migrate(AFTER)
    assert indexes() == now
    # Not all columns of today are there.
    assert Operation.objects.only("id").get().known_application_ids() == ["app"]


@pytest.mark.postgresql
def test_what_an_interrupted_attempt_left_is_made_anew(newest: None) -> None:
    migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX operation_listed ON operations_operation (status)")
        cursor.execute("DROP INDEX operation_time")
    migrate(AFTER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'operation_listed'")
        assert "created_at DESC, id DESC, status, operation_type" in cursor.fetchone()[0]
    assert "operation_status" not in indexes()
