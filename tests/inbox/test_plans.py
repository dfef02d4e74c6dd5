"""Among many messages of many users, each statement finds its rows by an index.

The statements are those that the product sends: they are recorded, then explained.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox import selection, services
from inbox.models import InboxMessage
from inbox.values import Page, Reader
from tests.inbox.mailbox import START

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

ROWS = 40_000
USERS = 400
READER = Reader(user_id="user-7", application_id="app")
EVERY = "inbox_message_user"
UNREAD = "inbox_message_user_unread"
LINKS = "inbox_message_application_unique"


@pytest.fixture
def many_messages(db: None) -> None:
    """100 messages a user, of which one in ten is unread; all in one application of two."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inbox_inboxmessage
                (id, user_id, type, subject, summary, body, read, read_at, created_at)
            SELECT gen_random_uuid(), 'user-' || n %% %(users)s, 'text', 'subject ' || n,
                'summary', repeat('body ', 50), n / %(users)s %% 10 > 0,
                CASE WHEN n / %(users)s %% 10 > 0 THEN %(start)s::timestamptz END,
                %(start)s::timestamptz + n * interval '1 minute'
            FROM generate_series(0, %(rows)s - 1) AS n
            """,
            {"users": USERS, "rows": ROWS, "start": START},
        )
        cursor.execute(
            """
            INSERT INTO inbox_inboxmessageapplication (message_id, application_id)
            SELECT id, application FROM inbox_inboxmessage,
                unnest(ARRAY['app', 'other-app']) AS application
            """
        )
        cursor.execute("ANALYZE inbox_inboxmessage, inbox_inboxmessageapplication")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def plan_of(action: Callable[[], object]) -> list[dict[str, Any]]:
    """Give the nodes of the plans of the statements that `action` sends."""
    with CaptureQueriesContext(connection) as captured:
        action()
    statements = [q["sql"] for q in captured.captured_queries if "inbox_" in q["sql"]]
    assert statements
    nodes: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            (answer,) = cursor.fetchone()
            plans = json.loads(answer) if isinstance(answer, str) else answer
            nodes += _nodes(plans[0]["Plan"])
    return nodes


def indexes(nodes: list[dict[str, Any]]) -> set[str]:
    """Give the names of the used indexes; a scan of a whole table is a failure."""
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], nodes
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def test_first_page_reads_in_the_order_of_its_index(many_messages: None) -> None:
    page = Page(number=0, size=20)
    nodes = plan_of(lambda: selection.listed(READER, page, only_unread=False))
    assert indexes(nodes) == {EVERY, LINKS}
    assert not [node for node in nodes if "Sort" in node["Node Type"]]


def test_page_of_unread(many_messages: None) -> None:
    page = Page(number=0, size=20)
    found = indexes(plan_of(lambda: selection.listed(READER, page, only_unread=True)))
    assert found == {UNREAD, LINKS}


def test_count(many_messages: None) -> None:
    assert selection.count_unread(READER) == 10
    assert indexes(plan_of(lambda: selection.count_unread(READER))) == {UNREAD, LINKS}


def test_detail(many_messages: None) -> None:
    known = str(InboxMessage.objects.filter(user_id=READER.user_id)[0].pk)
    found = indexes(plan_of(lambda: selection.find(known, READER)))
    assert found <= {"inbox_inboxmessage_pkey", LINKS}
    assert "inbox_inboxmessage_pkey" in found


def test_read(many_messages: None) -> None:
    known = str(InboxMessage.objects.filter(user_id=READER.user_id).unread()[0].pk)
    found = indexes(plan_of(lambda: services.read(known, by=READER, at=START)))
    # The few unread messages of the user are as good a way as the identifier.
    assert found & {"inbox_inboxmessage_pkey", UNREAD}
    assert LINKS in found


def test_read_all(many_messages: None) -> None:
    found = indexes(plan_of(lambda: services.read_all(by=READER, at=START)))
    assert {UNREAD, LINKS} <= found
    assert selection.count_unread(READER) == 0


def test_a_list_takes_no_bodies_from_the_database(many_messages: None) -> None:
    page = Page(number=0, size=20)
    with CaptureQueriesContext(connection) as captured:
        selection.listed(READER, page, only_unread=False)
    assert '"body"' not in captured.captured_queries[0]["sql"]
