"""What the hot paths may ask of the database: the budgets of statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from powerauth.models import Token
from powerauth.phone.phone import Phone
from tests.api.answers import OK, outcome
from tests.api.standard.wire import PK, UNAUTHENTICATED, WRONG_PIN, P
from tests.bank import PIN

pytestmark = pytest.mark.django_db(transaction=True)

_UNCOUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "PRAGMA")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Give the statements that do work."""
    texts = [str(query["sql"]) for query in captured.captured_queries]
    return [text for text in texts if not text.startswith(_UNCOUNTED)]


@pytest.mark.parametrize("factors", [P, PK])
def test_good_signature(alice: Phone, factors: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert outcome(alice.validate_signature(factors=factors, pin=PIN)) == OK
    assert len(statements(captured)) == 2


def test_wrong_signature(alice: Phone) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert outcome(alice.validate_signature(pin=WRONG_PIN)) == UNAUTHENTICATED
    assert len(statements(captured)) == 2


def test_forbidden_factor_asks_nothing(alice: Phone) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert outcome(alice.validate_signature(factors="knowledge", pin=PIN)) == UNAUTHENTICATED
    assert statements(captured) == []


def test_token(alice: Phone) -> None:
    """A token of one factor is verified here, and refused afterwards."""
    token = alice.create_token(P)
    for expected in (3, 2):
        with CaptureQueriesContext(connection) as captured:
            answer = alice.token_post("/pa/v3/activation/detail", b"{}", token=token)
        assert outcome(answer) == UNAUTHENTICATED
        assert len(statements(captured)) == expected
    assert Token.objects.get().last_used_at is not None


def test_unknown_token(alice: Phone) -> None:
    token = alice.create_token(P)
    Token.objects.all().delete()
    with CaptureQueriesContext(connection) as captured:
        assert alice.token_post("/pa/v3/activation/detail", b"{}", token=token).status == 401
    assert len(statements(captured)) == 1


def test_time_asks_nothing(alice: Phone) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert alice.server_status()["serverTime"] > 0
    assert statements(captured) == []
