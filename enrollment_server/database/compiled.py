"""Queries of the hot paths: written once, by the ORM, and compiled at their first use.

Compiling a queryset takes the ORM ten to fifty times as long as the database takes to answer it.
A `Compiled` query has placeholders where its values will be; what is constant in it stands in its
text, because a prepared plan can use a partial index only if the condition is no value.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db import connection, models
from psycopg import sql

from enrollment_server.database.rows import Make, maker_of
from enrollment_server.database.statements import execute

R = TypeVar("R")
_Adapt = Callable[[Any], Any]


def number_of(rows: models.QuerySet[Any, Any]) -> models.QuerySet[Any, Any]:
    """Give a query whose only row is how many rows there are; `count()` would execute it."""
    every = models.Func(template="COUNT(*)", output_field=models.IntegerField())
    return rows.order_by().values_list(every)


class NotCompilable(TypeError):
    """A query that uses one of its values in a form which a placeholder cannot take."""


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    order: tuple[tuple[str, _Adapt], ...]
    make: Make


class Compiled(Generic[R]):
    """A query that is compiled once a process.

    Args:
        build: makes the queryset of its values, which are given by name; of whatever else it
            uses, it may use only what never changes.
        kinds: the type of each value: `str`, `uuid.UUID` or `datetime`.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, R]], **kinds: type) -> None:
        self.build = build
        self.kinds = kinds
        self._plans: dict[str, _Plan] = {}
        COMPILED.add(self)

    def all(self, **values: Any) -> list[R]:
        """Give the rows for these values."""
        plan = self.plan()
        done = execute(plan.text, [adapt(values[name]) for name, adapt in plan.order])
        return [plan.make(row) for row in done.rows]

    def first(self, **values: Any) -> R | None:
        """Give the first row for these values."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def plan(self) -> _Plan:
        """Give the statement on the database in use.

        Raises:
            NotCompilable: a value is not in the statement as it is.
        """
        known = self._plans.get(connection.vendor)
        if known is None:
            known = self._plans[connection.vendor] = self._compile()
        return known

    def compile_ahead(self) -> None:
        """Compile before there is a connection, unless that needs one, as a lock does."""
        if not self.build(**self._marks()).query.select_for_update:
            self.plan()

    def _marks(self) -> dict[str, Any]:
        return {
            name: _mark(kind, number) for number, (name, kind) in enumerate(self.kinds.items(), 1)
        }

    def _compile(self) -> _Plan:
        marks = self._marks()
        rows = self.build(**marks)
        compiler = rows.query.get_compiler(connection=connection)
        text, parameters = compiler.as_sql()
        adapters = {name: _adapter(kind) for name, kind in self.kinds.items()}
        names = {_comparable(adapters[name](mark)): name for name, mark in marks.items()}
        pieces = text.split("%s")
        written, order = [pieces[0]], []
        for parameter, piece in zip(parameters, pieces[1:], strict=True):
            name = names.get(_comparable(parameter))
            if name is not None:
                order.append((name, adapters[name]))
            written += ["%s" if name is not None else _literal(parameter), piece]
        missing = set(marks) - {name for name, _ in order}
        if missing:
            raise NotCompilable(f"{', '.join(sorted(missing))} cannot be a placeholder")
        return _Plan("".join(written), tuple(order), maker_of(rows, compiler))


# All that are in use, so that a test can compare each with what the ORM says today. Those that
# depend on what callers ask for, such as the size of a page, come and go.
COMPILED: WeakSet[Compiled[Any]] = WeakSet()

_EPOCH = datetime(1, 1, 2, tzinfo=UTC)


def _mark(kind: type, number: int) -> Any:
    """Give a value that stands for a placeholder while a query is compiled, and is no real one."""
    marks: Mapping[type, Callable[[], Any]] = {
        str: lambda: f"\x01{number}",
        uuid.UUID: lambda: uuid.UUID(int=number),
        datetime: lambda: _EPOCH + timedelta(microseconds=number),
    }
    return marks[kind]()


def _adapter(kind: type) -> _Adapt:
    """Give the function that writes a value as the database in use takes it."""
    field = models.UUIDField()
    adapters: Mapping[type, _Adapt] = {
        str: str,
        uuid.UUID: lambda value: field.get_db_prep_value(value, connection),
        datetime: lambda value: connection.ops.adapt_datetimefield_value(value),
    }
    native = connection.features.has_native_uuid_field
    if native and kind in {uuid.UUID, datetime}:
        return _as_it_is
    return adapters[kind]


def _as_it_is(value: Any) -> Any:
    return value


def _comparable(value: Any) -> tuple[type, Any]:
    # Equal numbers of different types, such as 1 and True, are different constants.
    return type(value), value if isinstance(value, str | uuid.UUID | datetime) else id(value)


def _literal(value: Any) -> str:
    return sql.Literal(value).as_string().replace("%", "%%")
