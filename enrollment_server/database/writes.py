"""Texts and values of statements that change rows, from the models.

A hot path changes one row by its key and writes others beside it; the ORM would build the same text
again each time.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from enrollment_server.database.statements import Done, execute

# What PostgreSQL calls the transaction that wrote a row: another one has, if it is another value.
ROW_VERSION = "xmin::text"


@cache
def update_text(model: type[models.Model], names: tuple[str, ...], condition: str) -> str:
    """Write an UPDATE of columns of the row with a key.

    Args:
        names: of fields, in the order of their values; the key comes after them.
        condition: what else has to hold of the row, in SQL; its values come last.
    """
    columns = ", ".join(f"{_column(model, name)} = %s" for name in names)
    key = _column(model, "pk")
    return f"UPDATE {model._meta.db_table} SET {columns} WHERE {key} = %s AND {condition}"  # noqa: S608  # nosec B608


@cache
def insert_text(model: type[models.Model], source: str) -> str:
    """Write an INSERT of a row for each row of `source`, with the same values."""
    fields = _inserted(model)
    columns = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {marks} FROM {source}"  # noqa: S608  # nosec B608


Statement = tuple[str, list[Any]]
"""A text and its values, for `statements.execute`."""


def inserting(rows: Sequence[models.Model]) -> Statement:
    """Write the INSERT of new rows of one model, with its values.

    Their keys are set, or the database chooses them. The rows do not learn that they are stored.

    Args:
        rows: at least one, and few: there is a text for each number of them.
    """
    values = [value for row in rows for value in inserted_values(row)]
    return _rows_text(type(rows[0]), len(rows)), values


@cache
def _rows_text(model: type[models.Model], count: int) -> str:
    fields = _inserted(model)
    columns = ", ".join(field.column for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return (
        f"INSERT INTO {model._meta.db_table} ({columns}) "  # noqa: S608  # nosec B608 # of constants
        f"VALUES {', '.join([row] * count)}"
    )


def execute_together(*parts: Statement) -> Done:
    """Execute statements of which none needs what another one has written; give what the last did.

    PostgreSQL takes them as one, in which none sees what another one has written.
    """
    if len(parts) > 1 and connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        parts = (_as_one(parts),)
    *before, last = parts
    for text, values in before:
        execute(text, values)
    return execute(*last)


def _as_one(parts: Sequence[Statement]) -> Statement:
    *before, last = (text for text, _ in parts)
    named = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(before))
    return f"WITH {named} {last}", [value for _, values in parts for value in values]


def column_values(model: type[models.Model], values: Mapping[str, Any]) -> list[Any]:
    """Give values of fields as the database takes them, in their order."""
    # Each look at `connection` would find out anew which thread asks.
    database = connections[DEFAULT_DB_ALIAS]
    fields = _fields(model, tuple(values))
    return [
        field.get_db_prep_save(value, database)
        for field, value in zip(fields, values.values(), strict=True)
    ]


def inserted_values(row: models.Model) -> list[Any]:
    """Give the values of a new row, whose key the database chooses."""
    database, values = connections[DEFAULT_DB_ALIAS], row.__dict__
    return [
        field.get_db_prep_save(values[field.attname], database) for field in _inserted(type(row))
    ]


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in names)


@cache
def _inserted(model: type[models.Model]) -> tuple[Any, ...]:
    fields: Iterable[Any] = model._meta.concrete_fields
    return tuple(field for field in fields if not isinstance(field, models.AutoField))


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    column: str = field.column
    return column
