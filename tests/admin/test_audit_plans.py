"""Among many records of the audit log, lists, filters, export and proof find theirs by an index."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.admin.audit_log import BATCH
from powerauth.engine.audit import chains
from powerauth.engine.audit.audit_chain import Anchor, verify
from powerauth.engine.audit.audit_log import Actor, Change, append
from powerauth.models import ActorKind, AuditRecord
from tests.audit_guard import unguarded

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
PAGE = "/admin/powerauth/auditrecord/"
ROWS = 40_000


@pytest.fixture
def many_records(db: None) -> AuditRecord:
    """Records in two chains, of many objects and actors; gives the last one, which is no copy."""
    actor = Actor(kind=ActorKind.INTEGRATION, id="a", name="core")
    append(actor, [Change(action="test", object_type="test")], at=timezone.now())
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO powerauth_auditrecord (sequence, at, actor_kind, actor_id, actor_name,
                on_behalf_of, action, object_type, object_id, before, after, outcome,
                correlation_id, previous_hash, hash)
            SELECT n %% 2 * %(span)s + n, now() - interval '1 year' + n * interval '1 second',
                'INTEGRATION', 'actor-' || n %% 50, 'name-' || n %% 50, '', 'action/' || n %% 50,
                (ARRAY['operation', 'activation', 'callback'])[1 + n %% 3], 'object-' || n / 10,
                '{}', '{"a":1}', 'OK', '', '', ''
            FROM generate_series(2, %(rows)s) AS n
            """,
            {"span": chains.SPAN, "rows": ROWS},
        )
        last = 2 * (ROWS // 2)
        cursor.execute("UPDATE powerauth_audithead SET sequence = %s WHERE id = 0", [last])
        cursor.execute("ANALYZE powerauth_auditrecord")
    (record,) = append(actor, [Change(action="test", object_type="test")], at=timezone.now())
    return record


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _plans(act: Callable[[], object]) -> list[tuple[str, list[dict[str, Any]]]]:
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [query["sql"] for query in captured.captured_queries]
    # A bounded count may read as many rows as it counts.
    wanted = [
        sql
        for sql in statements
        if sql.startswith("SELECT") and "powerauth_auditrecord" in sql and "COUNT(" not in sql
    ]
    found = []
    with connection.cursor() as cursor:
        for sql in wanted:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            answer = cursor.fetchone()[0]
            plans = json.loads(answer) if isinstance(answer, str) else answer
            found.append((sql, list(_nodes(plans[0]["Plan"]))))
    return found


def _check(act: Callable[[], object]) -> None:
    plans = _plans(act)
    assert plans
    for sql, nodes in plans:
        for node in nodes:
            assert node["Node Type"] != "Seq Scan", (sql, nodes)
            # The last few rows may be sorted, never the table.
            assert node["Node Type"] != "Sort" or node["Plan Rows"] <= 2 * BATCH, (sql, nodes)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"object_type": "operation"},
        {"action_name": "action/7"},
        {"recent": "hour"},
    ],
)
def test_pages_are_read_in_the_order_of_an_index(
    chief: Client, many_records: AuditRecord, asked: dict[str, str]
) -> None:
    _check(lambda: chief.get(PAGE, asked))


def test_an_export_goes_on_where_a_batch_ended(chief: Client, many_records: AuditRecord) -> None:
    def export() -> None:
        answer: Any = chief.post(f"{PAGE}export/", query_params={"object_type": "callback"})
        assert len(list(answer.streaming_content)) > ROWS // 4

    _check(export)


def test_going_on_with_a_proof_reads_what_is_new(many_records: AuditRecord) -> None:
    since = Anchor(sequence=many_records.sequence, hash=many_records.hash)
    with unguarded():
        AuditRecord.objects.filter(sequence__gt=chains.SPAN).delete()
    _check(lambda: verify(since=since))
