"""How many statements the ways beside the hot paths cost, transaction frames left out.

Those of the hot paths are in tests/house/test_hot_paths.py.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.models import Operation, OperationTemplate
from powerauth import announcements
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from tests import wsgi
from tests.api.integration.back_end import post
from tests.api.operations.calls import by_token, error, history
from tests.bank import PIN, Bank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
R = TypeVar("R")
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def _statements(act: Callable[[], R]) -> tuple[int, R]:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        answer = act()
    statements = [query["sql"] for query in captured.captured_queries]
    return sum(not sql.upper().startswith(FRAMES) for sql in statements), answer


def test_token_check_and_list(bank: Bank, alice: Phone) -> None:
    for _ in range(3):
        bank.operation("alice")
    alice.usual_token()
    count, answer = _statements(lambda: by_token(alice, "list", {}))
    assert (len(answer.payload), count) == (3, 4)
    count, _ = _statements(lambda: by_token(alice, "list", {}))
    assert count == 3


@pytest.mark.parametrize("factors", ["possession_knowledge", "possession_biometry"])
def test_authorize(bank: Bank, alice: Phone, factors: str) -> None:
    operation = bank.operation("alice")
    count, answer = _statements(
        lambda: alice.approve(str(operation.id), operation.data, pin=PIN, factors=factors)
    )
    assert answer.ok
    assert count == 4


def test_refused_authorize(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    count, answer = _statements(lambda: alice.approve(str(operation.id), "A2", pin=PIN))
    assert error(answer)[0] == 401
    assert count == (5 if connection.vendor == "postgresql" else 6)


def test_history(bank: Bank, alice: Phone) -> None:
    for status in ("PENDING", "APPROVED", "REJECTED"):
        bank.operation("alice", status=status)
    count, answer = _statements(lambda: history(alice, {}))
    assert len(answer.payload) == 3
    assert count == 3


@pytest.fixture
def _heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who listens and writes one statement."""

    def listener(news: Announcement, at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'heard'")

    monkeypatch.setattr(announcements, "_listeners", [listener])


def _created(bank: Bank) -> None:
    wanted = {
        "userId": "alice",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1"},
    }
    assert post(wsgi.session(), "operation/create", wanted).ok


@pytest.mark.usefixtures("_heard")
def test_what_rings_costs_one_statement_more(bank: Bank, alice: Phone) -> None:
    created, approved = [], []
    _created(bank)  # which compiles
    for rings in (False, True):
        OperationTemplate.objects.update(rings=rings)
        created.append(_statements(lambda: _created(bank))[0])
        operation = Operation.objects.order_by("-created_at")[0]
        count, answer = _statements(
            lambda: alice.approve(str(operation.id), operation.data, pin=PIN)  # noqa: B023
        )
        assert answer.ok
        assert operation.announced is rings
        approved.append(count)
    # SQLite does not take the question for the same operation along.
    more = 1 if connection.vendor == "postgresql" else 2
    assert (created[1] - created[0], approved[1] - approved[0]) == (more, 1)
