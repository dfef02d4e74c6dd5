"""Connections to PostgreSQL: what is prepared, and when they are asked whether they live."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper as DjangoWrapper
from pytest_django import Settings

from enrollment_server.database.postgresql import base
from enrollment_server.database.statements import execute

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PREPARED = "SELECT statement FROM pg_prepared_statements"


@pytest.fixture(autouse=True)
def _of_its_own() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def texts() -> list[str]:
    return [text for (text,) in execute(PREPARED, []).rows]


def as_a_new_request() -> None:
    wrapper: Any = connection
    wrapper.health_check_enabled, wrapper.health_check_done = True, False


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note when the server is asked whether it lives."""
    noted: list[str] = []
    really = DjangoWrapper.is_usable

    def is_usable(self: Any) -> Any:
        noted.append("asked")
        return really(self)

    monkeypatch.setattr(DjangoWrapper, "is_usable", is_usable)
    return noted


def test_statements_are_prepared_once() -> None:
    assert execute("SELECT %s::int + 1", [1]).rows == [(2,)]
    assert execute("SELECT %s::int + 1", [2]).rows == [(3,)]
    assert sum("+ 1" in text for text in texts()) == 1


def test_a_statement_finds_its_conversions_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Noted(psycopg.Cursor[Any]):
        def __init__(self, *args: Any) -> None:
            made.append("made")
            super().__init__(*args)

    monkeypatch.setattr(psycopg, "Cursor", Noted)
    for number in range(3):
        assert execute("SELECT %s::int + 3", [number]).rows == [(number + 3,)]
        assert execute("SELECT %s::text", [str(number)]).rows == [(str(number),)]
    assert len(made) == 2


def test_a_connection_keeps_a_bounded_number_of_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MOST_CURSORS", 3)
    for number in range(10):
        assert execute(f"SELECT {number} + %s::int", [1]).rows == [(number + 1,)]
    wrapper: Any = connection
    assert 1 <= len(wrapper._cursors_of[1]) <= 3


def test_nothing_is_prepared_where_a_setting_says_so(settings: Settings) -> None:
    settings.DATABASE_PREPARED_STATEMENTS = False
    for _ in range(10):
        assert execute("SELECT %s::int + 2", [1]).rows == [(3,)]
    assert texts() == []


def test_plans_do_not_depend_on_values() -> None:
    assert execute("SHOW plan_cache_mode", []).rows == [("force_generic_plan",)]


def test_a_percent_sign_is_written_twice() -> None:
    assert execute("SELECT '%%' || %s::text", ["x"]).rows == [("%x",)]


def test_a_change_tells_how_many_rows() -> None:
    execute("CREATE TEMPORARY TABLE numbers (id int)", [])
    assert execute("INSERT INTO numbers SELECT generate_series(1, %s::int)", [3]).count == 3
    assert execute("UPDATE numbers SET id = id WHERE id > %s", [1]).count == 2


def test_errors_are_those_of_django() -> None:
    with pytest.raises(DatabaseError):
        execute("SELECT 1 FROM no_such_table", [])
    assert execute("SELECT 1", []).rows == [(1,)]


def test_a_broken_transaction_takes_no_statement() -> None:
    with transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic():
            execute("SELECT 1 FROM no_such_table", [])
        assert execute("SELECT 1", []).rows == [(1,)]
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            execute("SELECT 1", [])


def test_a_connection_in_use_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = asked(monkeypatch)
    execute("SELECT 1", [])
    as_a_new_request()
    execute("SELECT 1", [])
    assert noted == []


def test_a_connection_that_was_silent_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = asked(monkeypatch)
    execute("SELECT 1", [])
    as_a_new_request()
    monkeypatch.setattr(base, "QUIET_S", 0.0)
    execute("SELECT 1", [])
    assert noted == ["asked"]


def test_a_connection_that_ended_is_replaced_before_anybody_fails() -> None:
    ((pid,),) = execute("SELECT pg_backend_pid()", []).rows
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    as_a_new_request()
    ((new_pid,),) = execute("SELECT pg_backend_pid()", []).rows
    assert new_pid != pid


def test_a_connection_that_failed_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = asked(monkeypatch)
    with pytest.raises(DatabaseError):
        execute("SELECT 1 FROM no_such_table", [])
    connection.close_if_unusable_or_obsolete()
    assert noted == ["asked"]
