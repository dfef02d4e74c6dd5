"""Periods of time in lists: integration-api.md 7.14 and 8.4."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def within(rows: QuerySet[M], *, since: datetime | None, until: datetime | None) -> QuerySet[M]:
    """Keep the rows with `created_at` in a period.

    Args:
        since: first moment, None from the beginning.
        until: last moment, inclusive, None without end. Both count in milliseconds, as they are
            shown: the time of a row selects that row.
    """
    if since is not None:
        rows = rows.filter(created_at__gte=millisecond(since))
    if until is not None:
        end = millisecond(until)
        rows = rows.filter(created_at__lte=end.replace(microsecond=end.microsecond + 999))
    return rows


def millisecond(moment: datetime) -> datetime:
    """Cut a moment to the milliseconds in which it is shown."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
