"""Deleting many rows without holding up those who use the rest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

BATCH = 1000  # rows that one transaction deletes

Told = Callable[[int], None]
_TOLD: ContextVar[Told | None] = ContextVar("told", default=None)


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Call `told` with the number of rows after each batch that is deleted within the block."""
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


def delete(rows: QuerySet[Any], *, order_by: str, batch: int = BATCH) -> int:
    """Delete rows in short transactions; give how many.

    What another job has locked is left to that job.

    Args:
        order_by: indexed column by which the rows are found again and again.
    """
    total = 0
    told = _TOLD.get()
    rest = rows
    while batch_of := _delete_batch(rest, order_by, batch):
        deleted, last = batch_of
        total += deleted
        if told is not None:
            told(deleted)
        # What was left behind is not looked at again and again.
        rest = rows.filter(**{f"{order_by}__gte": last})
    return total


@transaction.atomic
def _delete_batch(rows: QuerySet[Any], order_by: str, batch: int) -> tuple[int, Any] | None:
    """Delete one batch; give how many rows it had and how far it came, None if there is none."""
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by(order_by)
    found = list(locked.values_list("pk", order_by)[:batch])
    if not found:
        return None
    rows.model._default_manager.filter(pk__in=[key for key, _ in found]).delete()
    return len(found), found[-1][1]
