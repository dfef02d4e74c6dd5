"""What was taken once and is not there any more, such as credentials that were withdrawn."""

from collections.abc import Iterator
from itertools import islice

from enrollment_server.wultra.report import NAMED
from enrollment_server.wultra.source import Source
from enrollment_server.wultra.table import Run, Table
from powerauth.models import ImportedRow


def note(table: Table, source: Source, run: Run) -> None:
    """Name the rows that are gone there and still here; whether they should be is for people.

    Nothing is removed because of it: a database that was cleaned up, or is the wrong one, must not
    cost anybody a token.
    """
    number = 0
    for name in _gone(table, source, run.batch):
        number += 1
        if number <= NAMED:
            run.report.notes.append(f"gone there, still here: {table.name} {name}")
    if number > NAMED:
        run.report.notes.append(f"gone there, still here: {table.name}: {number - NAMED} more")


def _gone(table: Table, source: Source, size: int) -> Iterator[str]:
    known = ImportedRow.objects.filter(table=table.name).values_list("row_id", "target_id")
    rows = known.iterator(chunk_size=size)
    while targets := dict(islice(rows, size)):
        # Numbers are remembered as texts; no other identifier has digits only.
        keys = [int(name) if name.isdecimal() else name for name in targets]
        found = source.matching(table.name, (table.key,), column=table.key, values=keys)
        missing = sorted(targets.keys() - {str(row[table.key]) for row in found})
        here = table.model._default_manager.in_bulk([targets[name] for name in missing])
        present = {str(key) for key in here}
        yield from (name for name in missing if targets[name] in present)
