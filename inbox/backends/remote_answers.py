"""What a Push Server answers about messages: push-and-inbox.md 7.1.

Each reader takes a `responseObject`, and raises WrongShape where it is not what it has to be. What
a newer server says besides is not looked at.
"""

from dataclasses import dataclass
from typing import Any

from enrollment_server.remote.members import (
    Members,
    WrongShape,
    any_text,
    flag,
    members,
    moment,
    number,
    objects,
    text,
    texts,
)
from inbox.models import MessageType
from inbox.values import Detail, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Detail):
    """A message, and who may see it."""

    user_id: str
    application_ids: tuple[str, ...]


def count(answer: object) -> int:
    """Read how many messages are unread."""
    unread = number(members(answer), "countUnread")
    if unread is None or unread < 0:
        raise WrongShape("countUnread is no number of messages")
    return unread


def summaries(answer: object) -> list[Summary]:
    """Read a page of messages, in the order of the server."""
    return [Summary(**_shown(source)) for source in objects(answer)]


def found(answer: object) -> Found:
    """Read a message, whoever it is for."""
    source = members(answer)
    return Found(
        **_shown(source),
        body=any_text(source, "body"),
        user_id=text(source, "userId"),
        application_ids=texts(source, "applications"),
    )


def marked(answer: object) -> None:
    """Read that a message is marked as read now."""
    if not flag(members(answer), "read"):
        raise WrongShape("read is false")


def _shown(source: Members) -> dict[str, Any]:
    kind = text(source, "type").lower()
    return {
        "id": text(source, "id"),
        # Apps know two types; one of another, of a newer server, shows its text as it is.
        "type": kind if kind in MessageType.values else MessageType.TEXT.value,
        "subject": any_text(source, "subject"),
        "summary": any_text(source, "summary"),
        "read": flag(source, "read"),
        "created_at": moment(source, "timestampCreated"),
    }
