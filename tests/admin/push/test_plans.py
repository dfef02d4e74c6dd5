"""Among many messages, the statements of the back office find their rows by indexes."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from push.credentials.lacking import lacking
from tests.admin.test_operation_plans import explained

# Committed, so that the rows can be vacuumed.
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROWS = 20_000
PAGE = "/admin/push/pushmessage/"
TABLES = ("push_pushmessage", "push_pushdelivery", "push_pushdevice")


@pytest.fixture
def many(db: None) -> None:
    """Messages of 400 users; one in a hundred failed, and one of these for a rare reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO push_pushmessage (application_id, user_id, source, cause, content, texts,
                personal, silent, priority, created_at, finished_at)
            SELECT 'retail', 'user-' || n %% 400, 'operation', 'operation:' || n, '{}', '{}',
                true, false, 'HIGH', now() - n * interval '1 second', now()
            FROM generate_series(%s, 1, -1) AS n
            """,
            [ROWS],
        )
        cursor.execute(
            """
            INSERT INTO push_pushdelivery (message_id, activation_id, platform, state, attempts,
                next_attempt_at, expires_at, reason, finished_at)
            SELECT id, 'a-' || id, 'fcm', CASE WHEN id % 100 = 7 THEN 'failed' ELSE 'sent' END, 1,
                now(), now(), CASE WHEN id % 100 = 7 THEN
                    CASE WHEN id % 10000 = 7 THEN 'Rare' ELSE 'UNREGISTERED' END ELSE '' END, now()
            FROM push_pushmessage
            """
        )
        cursor.execute(
            """
            INSERT INTO push_pushdevice (activation_id, user_id, application_id, platform,
                push_token, environment, is_active, last_registered_at)
            SELECT gen_random_uuid(), 'user-' || n, 'retail', CASE WHEN n < 9 THEN 'hms'
                ELSE 'fcm' END, 'token-' || n, '', true, now()
            FROM generate_series(%s, 1, -1) AS n
            """,
            [ROWS],
        )
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")


def scanned(act: Callable[[], object]) -> Iterator[str]:
    """Give the tables that statements read as a whole; a bounded count may."""
    with CaptureQueriesContext(connection) as captured:
        act()
    for query in captured.captured_queries:
        sql = query["sql"]
        if "push_" in sql and "COUNT(" not in sql:
            yield from (
                node["Relation Name"]
                for node in explained(sql)
                if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES
            )


def test_lists_read_no_table_as_a_whole(chief: Client, many: None) -> None:
    for asked in (
        {},
        {"state": "failed"},
        {"state": "pending"},
        {"reason": "UNREGISTERED"},
        {"reason": "Rare"},
        {"user_id": "user-7"},
        {"user_id": "user-7", "state": "failed"},
        {"q": "user-7"},
        {"source__exact": "operation"},
    ):
        assert list(scanned(partial(chief.get, PAGE, asked))) == [], asked
    assert len(chief.get(PAGE, {"reason": "Rare"}).context["cl"].result_list) == 2


def test_what_is_lacking_is_found_among_the_newest_devices(many: None) -> None:
    assert dict(lacking()) == {"retail": {"fcm", "hms"}}
    assert list(scanned(lacking)) == []
