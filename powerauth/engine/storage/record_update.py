"""Replacing many stored records at once, each only if it still is what was read."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

Replacement = tuple[Any, bytes, bytes]
"""Primary key of a row, its record as it was read, and the record to store instead."""


def replace(model: type[Model], column: str, rows: Sequence[Replacement]) -> set[Any]:
    """Store new records; give the keys of the rows that got theirs.

    A row that somebody else has changed since, or has locked, is left alone: nobody is overwritten,
    and nobody is waited for, so that this cannot be part of a deadlock.
    """
    if connection.vendor == "postgresql":
        return _replace_in_one_statement(model, column, rows)
    return _replace_one_by_one(model, column, rows)


def _replace_in_one_statement(
    model: type[Model], column: str, rows: Sequence[Replacement]
) -> set[Any]:
    table, key, value = _names(model, column)
    kind = model._meta.pk.rel_db_type(connection)
    keys, old, new = (list(values) for values in zip(*rows, strict=True))
    statement = f"""
        WITH free AS MATERIALIZED (
            SELECT {key} AS key FROM {table} WHERE {key} = ANY(%s::{kind}[])
            FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE {table} SET {value} = given.new
        FROM free JOIN unnest(%s::{kind}[], %s::bytea[], %s::bytea[]) AS given(key, old, new)
            USING (key)
        WHERE {table}.{key} = free.key AND {table}.{value} = given.old
        RETURNING {table}.{key}
    """  # noqa: S608  # nosec B608 # made of names of the schema
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys, keys, old, new])
        return {key for (key,) in cursor.fetchall()}


@transaction.atomic
def _replace_one_by_one(model: type[Model], column: str, rows: Sequence[Replacement]) -> set[Any]:
    table, key_column, value = _names(model, column)
    # The ORM would spend five times as long on each row.
    statement = (
        f"UPDATE {table} SET {value} = %s "  # noqa: S608  # nosec B608 # made of names
        f"WHERE {key_column} = %s AND {value} = %s"
    )
    done = set()
    with connection.cursor() as cursor:
        for key, old, new in rows:
            stored_key = model._meta.pk.get_db_prep_value(key, connection)
            cursor.execute(statement, [new, stored_key, old])
            if cursor.rowcount:
                done.add(key)
    return done


def _names(model: type[Model], column: str) -> tuple[str, str, str]:
    """Give the quoted names of the table, of its key and of a column."""
    quote = connection.ops.quote_name
    _, key = model._meta.pk.get_attname_column()
    names = {field.name: field.column for field in model._meta.concrete_fields}
    return quote(model._meta.db_table), quote(str(key)), quote(str(names[column]))
