"""Among many operations of many users, each statement finds its rows by an index.

The statements are those that the product sends: they are recorded, then explained.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from enrollment_server.dashboard import figures
from operations.decisions import expiry, listing, retention, selection
from operations.decisions.listing import OwnedBy
from operations.models import Operation, OperationStatus
from operations.values import Caller
from powerauth.engine.paging import Page
from tests.bank import Bank

# Committed, so that the rows can be vacuumed, and nothing is left of one test for the next one.
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROWS = 20_000
USER = "user-7"
PAGE = "/admin/operations/operation/"
LISTED = "operation_listed"
OF_USER = "operation_user"
PENDING = "operation_user_pending"
FINALIZED = "operation_finalized"
EXPIRY = "operation_expiry"
EXTERNAL = "operation_external_given"
LINKS = "operation_application_unique"
FORMS = {"form_template_unique", "operations_formtemplate_pkey"}
KEY = "operations_operation_pkey"


@pytest.fixture
def application(bank: Bank) -> str:
    """An application with 50 operations a user, one in three minutes; few of them are pending.

    One in a hundred has an external identifier. The types are two, and one of them is rare.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO operations_operation (id, user_id, activation_id, activation_flag,
                operation_type, template_name, data, parameters, additional_data, status,
                status_reason, signature_types, failure_count, max_failure_count, risk_flags,
                proximity_seed, offline_nonce, external_id, created_at, expires_at, finalized_at)
            SELECT gen_random_uuid(), 'user-' || n %% 400, '', '',
                CASE WHEN n %% 5000 = 3 THEN 'rare' ELSE 'payment' END, 'payment',
                repeat('A1*', 30), '{}', '{}',
                CASE WHEN n %% 101 = 0 THEN 'PENDING' WHEN n %% 1000 = 1 THEN 'FAILED'
                    WHEN n %% 10 = 2 THEN 'EXPIRED' ELSE 'APPROVED' END,
                '', '["POSSESSION"]', 0, 5, '', '', '',
                CASE WHEN n %% 100 = 5 THEN 'order-' || n ELSE '' END,
                now() - n * interval '3 minutes',
                now() - n * interval '3 minutes' + interval '5 minutes',
                CASE WHEN n %% 101 > 0 AND n %% 10 <> 2 THEN now() - n * interval '3 minutes' END
            FROM generate_series(0, %(rows)s - 1) AS n
            """,
            {"rows": ROWS},
        )
        cursor.execute(
            "INSERT INTO operations_operationapplication (operation_id, application_id) "
            "SELECT id, %s FROM operations_operation",
            [bank.application.id],
        )
        cursor.execute("VACUUM ANALYZE operations_operation, operations_operationapplication")
    return str(bank.application.id)


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes_of(child)


def explained(sql: str, options: str = "") -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON{options}) {sql}")
        (answer,) = cursor.fetchone()
    plans = json.loads(answer) if isinstance(answer, str) else answer
    return list(nodes_of(plans[0]["Plan"]))


def indexes(nodes: list[dict[str, Any]]) -> set[str]:
    """Give the names of the used indexes; a scan of a whole table is a failure."""
    scans = [node for node in nodes if node["Node Type"] == "Seq Scan"]
    assert not [node for node in scans if node["Relation Name"].startswith("operations_op")], nodes
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def indexes_of(act: Callable[[], object], *, but: str = "no such text") -> set[str]:
    """Give the indexes that the statements of `act` about operations use.

    Args:
        but: leave out statements with this text.
    """
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [query["sql"] for query in captured.captured_queries]
    of_operations = [
        sql for sql in statements if '"operations_operation"' in sql and but not in sql
    ]
    assert of_operations
    return {name for sql in of_operations for name in indexes(explained(sql))}


def test_what_phones_and_back_ends_list(application: str) -> None:
    caller = Caller(user_id=USER, application_id=application, activation_id="a")
    wanted = OwnedBy(user_id=USER, applications=[application])
    page, at = Page(number=0, size=20), timezone.now() - timedelta(days=60)
    for act, index in (
        (lambda: selection.pending(caller, language="en", at=at), PENDING),
        (lambda: selection.history(caller, language="en", at=at), OF_USER),
        (lambda: listing.pending_of_user(wanted, page, at=at), PENDING),
        (lambda: listing.of_user(wanted, page), OF_USER),
        (lambda: listing.by_external_id("order-105", [application], page), EXTERNAL),
    ):
        assert indexes_of(act) - FORMS == {index, LINKS}
    assert [row.external_id for row in listing.by_external_id("order-105", [application], page)]
    # As a prepared statement is planned, without its values.
    plan = selection._pending(100, "en", 0).plan()
    first, *pieces = plan.text.replace("%%", "%").split("%s")
    text = first + "".join(f"${number}{piece}" for number, piece in enumerate(pieces, 1))
    assert {PENDING, LINKS} <= indexes(explained(text, ", GENERIC_PLAN"))


def test_jobs_and_figures(application: str, settings: Settings) -> None:
    settings.OPERATION_RETENTION_DAYS = 41
    now = timezone.now()
    later = now + timedelta(hours=22)  # so that its day has few of the rows
    for act, used in (
        (lambda: figures.waiting(now), {EXPIRY}),
        (lambda: figures.operations_by_status(now), {LISTED, EXPIRY}),
        (lambda: figures.decisions_by_hour(later, OperationStatus.APPROVED), {FINALIZED, KEY}),
        (lambda: expiry.expire(at=now - timedelta(minutes=3 * ROWS - 600)), {EXPIRY, KEY, LINKS}),
        (lambda: retention.prune_finished(at=now), {LISTED, KEY}),
    ):
        found = indexes_of(act)
        assert found
        assert found <= used


def test_the_back_office(chief: Client, application: str) -> None:
    for asked in (
        {},
        {"status__exact": "APPROVED"},
        {"status__exact": "FAILED"},
        {"operation_type": "payment"},
        {"operation_type": "rare"},
        {"recent": "hour"},
    ):
        # A bounded count may read as many rows as it counts.
        assert indexes_of(partial(chief.get, PAGE, asked), but="COUNT(") == {LISTED}
    found = indexes_of(lambda: chief.get(PAGE, {"q": "order-105"}))
    assert {OF_USER, EXTERNAL} <= found
    assert LISTED not in found


def test_few_indexes_hold_an_operation_that_was_decided(db: None) -> None:
    """The others leave out what is not pending, or has no external identifier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s",
            [Operation._meta.db_table],
        )
        definitions = dict(cursor.fetchall())
    holding = {
        name
        for name, text in definitions.items()
        if "'PENDING'" not in text and "external_id" not in text
    }
    assert holding == {KEY, LISTED, OF_USER, FINALIZED}
