"""Messages as phones read them: mobile-token-api.md 1.4 and 10. Pure functions."""

from datetime import UTC, datetime
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Count, Shape, Uuid, one_of
from inbox.values import Detail, Summary

MessageType = Annotated[str, one_of("text", "html")]


class InboxMessage(TypedDict):
    """A message in a list; apps need all six members."""

    id: Uuid
    type: MessageType
    subject: str
    summary: str
    read: bool
    timestampCreated: Annotated[
        str, Shape("UTC.", keywords={"example": "2022-08-25T22:34:58+00:00"})
    ]


class InboxMessageDetail(InboxMessage):
    """One message."""

    body: Annotated[str, Shape("Text or HTML, as `type` says.")]


class UnreadCount(TypedDict):
    """How many messages wait to be read."""

    countUnread: Count


class PageShown(TypedDict):
    """Which part of the list it is."""

    page: int
    size: int


def format_time(moment: datetime, *, milliseconds: bool) -> str:
    """Write a date in UTC; the fraction is cut off, never rounded."""
    timespec = "milliseconds" if milliseconds else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=timespec)


def present_summary(message: Summary, *, milliseconds: bool) -> InboxMessage:
    """Give a message in a list."""
    return {
        "id": message.id,
        "type": message.type,
        "subject": message.subject,
        "summary": message.summary,
        "read": message.read,
        "timestampCreated": format_time(message.created_at, milliseconds=milliseconds),
    }


def present_detail(message: Detail, *, milliseconds: bool) -> InboxMessageDetail:
    """Give one message."""
    return {**present_summary(message, milliseconds=milliseconds), "body": message.body}
