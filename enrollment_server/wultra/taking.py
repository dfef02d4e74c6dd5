"""Taking the rows of a table: what is new, and what was changed there and not here.

A batch is one transaction, together with the memory of it. So an import that was interrupted is
continued by the next one, and no row is taken twice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Field, Model

from enrollment_server.wultra import memory
from enrollment_server.wultra.report import Tally
from enrollment_server.wultra.source import Row, Source
from enrollment_server.wultra.table import Run, Table
from enrollment_server.wultra.values import LeftOut, NotSupported, RemovedHere
from powerauth.models import Activation, ImportedRow

IS_HERE = "something of the same name or identifier is here already"
CONTRADICTS = "it contradicts what is here"
CHANGED_TWICE = "it was changed there and here since it was taken; what is here stays"

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Translated:
    """A row there, and the row here with its parts."""

    row_id: str
    digest: bytes
    made: Model
    parts: list[Model]


def take(table: Table, source: Source, run: Run, *, told: Told) -> Tally:
    """Take all rows of a table that are new or were changed.

    Args:
        told: called with the number of rows after each batch.
    """
    tally = run.report.begin(table.name, table.what)
    if not source.columns(table.name):
        return tally
    pages = source.pages(
        *(table.name, (*table.columns, *table.later)),
        key=table.key,
        size=run.batch,
        since=_clock(table, run),
    )
    for rows in _in_order(table, pages):
        _take_batch(table, source, rows, run, tally)
        told(len(rows))
    return tally


def _in_order(table: Table, pages: Iterable[list[Row]]) -> Iterable[list[Row]]:
    if not table.order:
        return pages
    rows = [row for page in pages for row in page]
    return [sorted(rows, key=itemgetter(*table.order))]


def _clock(table: Table, run: Run) -> datetime | None:
    since = table.since(run.facts.at)
    return None if since is None else since.astimezone(run.facts.zone).replace(tzinfo=None)


def _take_batch(table: Table, source: Source, rows: Sequence[Row], run: Run, tally: Tally) -> None:
    known = memory.remembered(table.name, [row[table.key] for row in rows])
    fresh = [row for row in rows if str(row[table.key]) not in known]
    before = [row for row in rows if str(row[table.key]) in known]
    changed = [
        row
        for row in before
        if bytes(known[str(row[table.key])].digest_there) != memory.digest_there(row)
    ]
    tally.known += len(before) - len(changed)
    if not fresh and not changed:
        return
    related = table.prepare(source, [*fresh, *changed], run)
    batch = replace(run, facts=replace(run.facts, **related))
    if new := _free(table, list(_translated(table, fresh, batch, tally)), tally):
        _each(new, lambda some: _create(table, some, run), tally, attribute="taken")
        if run.dry_run and table.model is Activation:
            run.would_be_taken.update(one.made.pk for one in new)
    if newer := list(_translated(table, changed, batch, tally)):
        pairs = [(one, known[one.row_id]) for one in newer]
        _each(pairs, lambda some: _bring_up_to_date(table, some, run, tally), tally)


def _translated(table: Table, rows: Iterable[Row], run: Run, tally: Tally) -> Iterator[Translated]:
    for row in rows:
        row_id = str(row[table.key])
        try:
            made, *parts = table.translate(row, run.facts)
            _check_fit(made)
        except LeftOut as refusal:
            tally.leave_out(row_id, str(refusal))
        except NotSupported as refusal:
            tally.not_supported[str(refusal)] += 1
        except RemovedHere:
            tally.removed_here += 1
        else:
            yield Translated(row_id, memory.digest_there(row), made, parts)


def _check_fit(made: Model) -> None:
    """Refuse what the columns here do not hold; no text is cut off.

    Raises:
        LeftOut: a text that is too long, a number out of range, or null where there is none.
    """
    for each in made._meta.concrete_fields:
        value = each.value_from_object(made)
        if value is None:
            if not (each.null or each.primary_key or getattr(each, "auto_now_add", False)):
                raise LeftOut(f"{each.name} is missing")
        elif isinstance(value, str) and each.max_length and len(value) > each.max_length:
            raise LeftOut(f"{each.name} has more than {each.max_length} characters")
        elif isinstance(value, int) and not isinstance(value, bool):
            _check_range(each, value)


def _check_range(each: "Field[Any, Any]", value: int) -> None:
    bounds: tuple[int | None, int | None] = connection.ops.integer_field_range(
        each.get_internal_type()
    )
    low, high = (value if bound is None else bound for bound in bounds)
    if not low <= value <= high:
        raise LeftOut(f"{each.name} is out of range")


def _free(table: Table, rows: list[Translated], tally: Tally) -> list[Translated]:
    """Leave out what is here already without having been taken, and what is there twice."""
    names = table.unique or ("pk",)
    values = {getattr(one.made, names[0]) for one in rows} - {None}
    if not values:
        return rows
    found = table.model._default_manager.filter(**{f"{names[0]}__in": values})
    here = {_key(row, names) for row in found}
    free = []
    for one in rows:
        key = _key(one.made, names)
        if key in here:
            tally.leave_out(one.row_id, IS_HERE)
            continue
        here.add(key)
        free.append(one)
    return free


def _key(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _each(
    rows: list[Any], write: Callable[[list[Any]], int], tally: Tally, *, attribute: str = "changed"
) -> None:
    """Write all rows together, or one by one if somebody else was faster with one of them."""
    try:
        done = write(rows)
    except IntegrityError:
        done = 0
        for one in rows:
            try:
                done += write([one])
            except IntegrityError:
                row = one if isinstance(one, Translated) else one[0]
                tally.leave_out(row.row_id, CONTRADICTS)
    setattr(tally, attribute, getattr(tally, attribute) + done)


def _create(table: Table, rows: list[Translated], run: Run) -> int:
    if run.dry_run:
        return len(rows)
    with transaction.atomic():
        made = [one.made for one in rows]
        times = {name: [getattr(row, name) for row in made] for name in _times_of_adding(table)}
        table.model._default_manager.bulk_create(made)
        for name, values in times.items():
            # The row was made there, and not now.
            for row, value in zip(made, values, strict=True):
                setattr(row, name, value or getattr(row, name))
            table.model._default_manager.bulk_update(made, [name])
        for model in {type(part): None for one in rows for part in one.parts}:
            parts = [part for one in rows for part in one.parts if type(part) is model]
            model._default_manager.bulk_create(parts)
        taken = [(one.row_id, one.digest, one.made) for one in rows]
        memory.remember(table.name, taken, at=run.facts.at)
    return len(rows)


def _times_of_adding(table: Table) -> list[str]:
    columns = table.model._meta.concrete_fields
    return [each.name for each in columns if getattr(each, "auto_now_add", False)]


def _bring_up_to_date(
    table: Table, pairs: list[tuple[Translated, ImportedRow]], run: Run, tally: Tally
) -> int:
    """Write rows again that were changed there, unless they were changed here as well."""
    convert = table.model._meta.pk.to_python
    with transaction.atomic():
        keys = [convert(known.target_id) for _, known in pairs]
        locked = table.model._default_manager.select_for_update().order_by("pk")
        here = {str(row.pk): row for row in locked.filter(pk__in=keys)}
        present = [(one, known) for one, known in pairs if known.target_id in here]
        chosen = [
            (one, known)
            for one, known in present
            if memory.digest_here(here[known.target_id]) == bytes(known.digest_here)
        ]
        for one, known in chosen:
            one.made.pk = here[known.target_id].pk
        if chosen and not run.dry_run:
            _write_again(table, chosen)
    tally.removed_here += len(pairs) - len(present)
    written = {one.row_id for one, _ in chosen}
    for one, _ in present:
        if one.row_id not in written:
            tally.leave_out(one.row_id, CHANGED_TWICE)
    return len(chosen)


def _write_again(table: Table, chosen: list[tuple[Translated, ImportedRow]]) -> None:
    made = [one.made for one, _ in chosen]
    kept = {*table.kept, *_times_of_adding(table)}
    columns = [each for each in table.model._meta.concrete_fields if not each.primary_key]
    names = [each.name for each in columns if each.name not in kept]
    table.model._default_manager.bulk_update(made, names)
    stored = memory.stored(table.model, [row.pk for row in made])
    for one, known in chosen:
        known.digest_there = one.digest
        known.digest_here = memory.digest_here(stored[known.target_id])
    ImportedRow.objects.bulk_update([known for _, known in chosen], ["digest_there", "digest_here"])
