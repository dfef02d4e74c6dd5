"""Messages as phones read them: mobile-token-api.md 1.4 and 10. Pure functions."""

from datetime import UTC, datetime
from typing import Any

from inbox.values import Detail, Summary


def format_time(moment: datetime, *, milliseconds: bool) -> str:
    """Write a date in UTC; the fraction is cut off, never rounded."""
    timespec = "milliseconds" if milliseconds else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=timespec)


def present_summary(message: Summary, *, milliseconds: bool) -> dict[str, Any]:
    """Give the members of a message in a list; apps need all six."""
    return {
        "id": message.id,
        "type": message.type,
        "subject": message.subject,
        "summary": message.summary,
        "read": message.read,
        "timestampCreated": format_time(message.created_at, milliseconds=milliseconds),
    }


def present_detail(message: Detail, *, milliseconds: bool) -> dict[str, Any]:
    """Give the members of one message."""
    return {**present_summary(message, milliseconds=milliseconds), "body": message.body}
