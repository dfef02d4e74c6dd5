"""Executing a statement of the hot paths, on whichever database there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What a statement did: its rows, and how many it read or changed."""

    rows: list[Row]
    count: int


def execute(text: str, values: Sequence[Any]) -> Done:
    """Execute a statement with `%s` for each value, prepared where the database can keep it.

    A literal percent sign is written twice. Somebody who counts or watches the statements of this
    connection, as tests do, sees it like any other.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    fast = getattr(database, "execute_prepared", None)
    if fast is None or database.execute_wrappers or database.queries_logged:
        with database.cursor() as cursor:
            cursor.execute(text, values)
            return Done(cursor.fetchall() if cursor.description else [], cursor.rowcount)
    rows, count = fast(text, values, prepare=settings.DATABASE_PREPARED_STATEMENTS)
    return Done(rows, count)
