"""Which messages phones and back ends see, each read in one statement.

Source: mobile-token-api.md 10, push-and-inbox.md 7.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet

from enrollment_server.database.compiled import Compiled, number_of
from inbox.models import InboxMessage, InboxMessageQuerySet
from inbox.values import Detail, Page, Reader, Record, Summary
from powerauth.engine.identifiers import parse_id

_SUMMARY = ("id", "type", "subject", "summary", "read", "created_at")
# What the database can skip at most; a page behind it is empty, as any page behind the last.
_MAX_OFFSET = 2**62
# Phones ask for the first page, whose statement is compiled in these sizes; for any other part, as
# callers choose it, the ORM writes one.
_USUAL_SIZES = frozenset({10, 20, 25, 50, 100})


def count_unread(reader: Reader) -> int:
    """Count what the reader has not read yet."""
    rows = _COUNT.all(user_id=reader.user_id, application_id=reader.application_id)
    return int(rows[0][0])


def listed(reader: Reader, page: Page, *, only_unread: bool) -> list[Summary]:
    """Give one page of what the reader can see, newest first. Bodies stay in the database."""
    if page.number == 0 and page.size in _USUAL_SIZES:
        first = _first_page(page.size, only_unread)
        rows = first.all(user_id=reader.user_id, application_id=reader.application_id)
        return [_summary(row) for row in rows]
    return _part(_visible(reader), page, only_unread=only_unread)


def listed_in(
    user_id: str, application_ids: Sequence[str], page: Page, *, only_unread: bool
) -> list[Summary]:
    """Give one page of what a user can see in at least one of some applications; see `listed`."""
    rows = InboxMessage.objects.visible_to(user_id, *application_ids)
    return _part(rows, page, only_unread=only_unread)


def find(message_id: str, reader: Reader) -> Detail | None:
    """Find a message that the reader can see; None for any other."""
    row = _visible(reader).filter(pk=parse_id(message_id)).values(*_SUMMARY, "body").first()
    return None if row is None else Detail(**{**row, "id": str(row["id"])})


def record(message_id: str) -> Record | None:
    """Find a message, whoever it is for; None for an unknown one."""
    applications = "applications__application_id"
    # One row an application: they are few, and one statement sees one state of the message.
    rows = list(
        InboxMessage.objects.filter(pk=parse_id(message_id))
        .order_by("applications__id")
        .values(*_SUMMARY, "body", "user_id", "read_at", applications)
    )
    if not rows:
        return None
    names = [row.pop(applications) for row in rows]
    values = {**rows[0], "id": str(rows[0]["id"])}
    return Record(**values, application_ids=tuple(name for name in names if name is not None))


def _part(rows: InboxMessageQuerySet, page: Page, *, only_unread: bool) -> list[Summary]:
    start = min(page.number * page.size, _MAX_OFFSET)
    part = _summaries(rows, only_unread=only_unread)[start : start + page.size]
    return [_summary(row) for row in part]


def _summaries(rows: InboxMessageQuerySet, *, only_unread: bool) -> QuerySet[Any, Any]:
    kept = rows.unread() if only_unread else rows
    return kept.newest_first().values_list(*_SUMMARY)


def _summary(row: Sequence[Any]) -> Summary:
    key, kind, subject, summary, read, created_at = row
    return Summary(
        id=str(key), type=kind, subject=subject, summary=summary, read=read, created_at=created_at
    )


def _visible(reader: Reader) -> InboxMessageQuerySet:
    return InboxMessage.objects.visible_to(reader.user_id, reader.application_id)


_COUNT: Compiled[Any] = Compiled(
    lambda **reader: number_of(_visible(Reader(**reader)).unread()),
    user_id=str,
    application_id=str,
)


@cache
def _first_page(size: int, only_unread: bool) -> Compiled[Any]:
    def build(**reader: str) -> QuerySet[Any, Any]:
        return _summaries(_visible(Reader(**reader)), only_unread=only_unread)[:size]

    return Compiled(build, user_id=str, application_id=str)
