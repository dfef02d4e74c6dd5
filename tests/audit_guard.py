"""Taking the guard of the audit log away, as only the owner of the database can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from powerauth.models import AuditHead, AuditRecord, AuditTie

TABLES = tuple(model._meta.db_table for model in (AuditRecord, AuditHead, AuditTie))
_ENABLED = {"A": "ENABLE ALWAYS", "O": "ENABLE"}  # by what PostgreSQL calls it


@contextmanager
def unguarded() -> Iterator[None]:
    """Allow everything to the tables of the audit log, within a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        restoring = _drop_triggers(cursor) if connection.vendor == "sqlite" else _disable(cursor)
        yield
        for statement in restoring:
            cursor.execute(statement)


def _disable(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
        " WHERE tgrelid::regclass::text = ANY(%s) AND NOT tgisinternal",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for table, name, _ in found:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    return [f"ALTER TABLE {table} {_ENABLED[how]} TRIGGER {name}" for table, name, how in found]


def _drop_triggers(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)",
        TABLES,
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def let_tests_flush(patch: pytest.MonkeyPatch) -> None:
    """Let the flush after a test with real commits empty the audit log, too."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute(self: Any, sql_list: list[str]) -> None:
        with unguarded():
            flush(self, sql_list)

    patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute)
