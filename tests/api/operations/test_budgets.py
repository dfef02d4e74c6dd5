"""How many statements the ways beside the hot paths cost, transaction frames left out.

Those of the hot paths are in tests/house/test_hot_paths.py.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from tests.api.operations.calls import by_token, error, history
from tests.bank import PIN, Bank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def _statements(act: Callable[[], Answer]) -> tuple[int, Answer]:
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
