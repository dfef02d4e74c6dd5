"""A table of the Java servers, and the state of an import."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Model

from enrollment_server.wultra.facts import Facts
from enrollment_server.wultra.report import Report
from enrollment_server.wultra.source import Row, Source, SourceUnusable


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of an import.

    Args:
        facts: what is known of all rows.
        engine: the database of PowerAuth Server.
        batch: rows that are read, and written in one transaction.
        would_be_taken: activations that a dry run would have taken.
    """

    facts: Facts
    engine: Source
    batch: int
    dry_run: bool
    report: Report = field(default_factory=Report)
    would_be_taken: set[uuid.UUID] = field(default_factory=set)


Related: TypeAlias = Mapping[str, Any]
Prepare: TypeAlias = Callable[[Source, Sequence[Row], Run], Related]


def nothing(source: Source, rows: Sequence[Row], run: Run) -> Related:
    """Prepare rows that refer to nothing."""
    return {}


def forever(at: datetime) -> datetime | None:
    """Take rows however old they are."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is read of a table, and what becomes of it.

    Args:
        name: there.
        what: its rows, for people.
        key: its primary key there.
        columns: columns that every version of 1.7 to 1.10 has.
        later: columns that some of them have.
        model: what a row becomes.
        translate: gives the row here with its parts, or raises why there is none.
        prepare: gives the facts that a batch refers to, by name.
        unique: columns here that tell whether such a row is here already, besides the primary key.
        kept: columns here that are not written again.
        since: from when on rows are taken, given the time of now.
        order: columns there in whose order rows are written, where it matters; of a short table.
        deleted: whether rows are deleted there while they are in use here.
    """

    name: str
    what: str
    key: str
    columns: tuple[str, ...]
    later: tuple[str, ...] = ()
    model: type[Model]
    translate: Callable[[Row, Facts], list[Model]]
    prepare: Prepare = nothing
    unique: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    since: Callable[[datetime], datetime | None] = forever
    order: tuple[str, ...] = ()
    deleted: bool = False


def check(source: Source, tables: Iterable[Table], server: str) -> None:
    """Insist on the tables that a version of 1.7 to 1.10 has.

    Raises:
        SourceUnusable: one of them, or a column, is missing.
    """
    for table in tables:
        found = source.columns(table.name)
        missing = [name for name in table.columns if name not in found]
        if missing:
            lacking = f"column {table.name}.{missing[0]}" if found else f"table {table.name}"
            raise SourceUnusable(
                f"{source.option}: no database of {server} 1.7 to 1.10: there is no {lacking}."
            )
