"""Which messages a phone sees, each read in one statement: mobile-token-api.md 10."""

from inbox.models import InboxMessage, InboxMessageQuerySet
from inbox.values import Detail, Page, Reader, Summary
from powerauth.engine.identifiers import parse_id

_SUMMARY = ("id", "type", "subject", "summary", "read", "created_at")
# What the database can skip at most; a page behind it is empty, as any page behind the last.
_MAX_OFFSET = 2**62


def count_unread(reader: Reader) -> int:
    """Count what the reader has not read yet."""
    return _visible(reader).unread().count()


def listed(reader: Reader, page: Page, *, only_unread: bool) -> list[Summary]:
    """Give one page of what the reader can see, newest first. Bodies stay in the database."""
    rows = _visible(reader)
    if only_unread:
        rows = rows.unread()
    start = min(page.number * page.size, _MAX_OFFSET)
    part = rows.newest_first().values(*_SUMMARY)[start : start + page.size]
    return [Summary(**{**row, "id": str(row["id"])}) for row in part]


def find(message_id: str, reader: Reader) -> Detail | None:
    """Find a message that the reader can see; None for any other."""
    row = _visible(reader).filter(pk=parse_id(message_id)).values(*_SUMMARY, "body").first()
    return None if row is None else Detail(**{**row, "id": str(row["id"])})


def _visible(reader: Reader) -> InboxMessageQuerySet:
    return InboxMessage.objects.visible_to(reader.user_id, reader.application_id)
