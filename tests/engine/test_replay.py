"""The memory of values that may be used once: protocol.md 5.8, 8.3."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from powerauth.engine.encryption import replay
from powerauth.models import UniqueValue
from tests.bank import make_bank


def test_second_use_is_told(db: None) -> None:
    horizon = timezone.now() + timedelta(hours=1)
    assert [replay.remember(b"value", expires_at=horizon) for _ in range(3)] == [True, False, False]
    assert replay.remember(b"valuf", expires_at=horizon)
    assert replay.remember(b"", expires_at=horizon)
    assert UniqueValue.objects.count() == 3


def test_horizon_is_that_of_the_first_use(db: None) -> None:
    horizon = timezone.now() + timedelta(hours=1)
    replay.remember(b"value", expires_at=horizon)
    replay.remember(b"value", expires_at=horizon + timedelta(hours=9))
    assert UniqueValue.objects.get().expires_at == horizon


@pytest.mark.parametrize("value", [b"\x00" * 200, bytes(range(256)) * 40])
def test_value_itself_is_not_stored(db: None, value: bytes) -> None:
    replay.remember(value, expires_at=timezone.now())
    assert len(bytes(UniqueValue.objects.get().digest)) == 32


# --- What waits for the disk: docs/adr/0010-rows-that-did-not-change.md ---------------------------


def _waits_of_this_transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.fixture
def _waiting(transactional_db: None) -> None:
    """Let commits of this connection wait for the disk, as those of a bank do."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = 'on'")


@pytest.mark.postgresql
@pytest.mark.usefixtures("_waiting")
@pytest.mark.parametrize("durable", [True, False])
def test_what_a_crash_may_forget_alone_does_not_wait(durable: bool) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert replay.remember(b"value", expires_at=timezone.now(), durable=durable)
    [statement] = captured.captured_queries
    assert ("'synchronous_commit', 'off'" in statement["sql"]) is not durable
    assert _waits_of_this_transaction() == "on"


@pytest.mark.postgresql
@pytest.mark.usefixtures("_waiting")
def test_a_transaction_waits_whatever_it_remembers() -> None:
    with transaction.atomic():
        assert replay.remember(b"value", expires_at=timezone.now(), durable=False)
        assert _waits_of_this_transaction() == "on"


@pytest.mark.postgresql
@pytest.mark.usefixtures("_waiting")
def test_only_the_nonce_of_a_token_does_not_wait() -> None:
    alice = make_bank().phone("alice")
    alice.create_token()
    with CaptureQueriesContext(connection) as captured:
        alice.operations()
        alice.user_info()
    remembered = [
        query["sql"] for query in captured.captured_queries if "uniquevalue" in query["sql"]
    ]
    assert ["'off'" in text for text in remembered] == [True, False]
