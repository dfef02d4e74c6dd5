"""Announcements as messages: push-and-inbox.md 11."""

from datetime import datetime

from powerauth.announcements import Announcement
from push.messages.values import PushMessage
from push.models import CAUSE_LENGTH, MessageSource
from push.outbox import policy, writing
from push.outbox.values import Outgoing

SOUND = "default"


def listen(announcement: Announcement, at: datetime) -> None:
    """Write the messages of an announcement, in its transaction, for devices that get them."""
    if policy.is_embedded() and announcement.user_id:
        writing.write(_outgoing(announcement), at=at)


def _outgoing(announcement: Announcement) -> Outgoing:
    silent = announcement.silent
    return Outgoing(
        application_ids=announcement.application_ids,
        user_ids=[announcement.user_id],
        source=_source(announcement.cause),
        cause=announcement.cause[:CAUSE_LENGTH],
        message=PushMessage(
            sound=None if silent else SOUND,
            category=announcement.category or None,
            extras=announcement.extras,
            valid_until=announcement.valid_until,
            personal=True,
            silent=silent,
        ),
        texts={
            language: {"title": news.title, "body": news.body}
            for language, news in announcement.texts.items()
        },
        activation_ids=announcement.activation_ids,
        besides=announcement.besides,
        only_sendable=True,
        limited=True,
    )


def _source(cause: str) -> str:
    """Give whose announcement it is, as its cause begins."""
    kind = cause.partition(":")[0]
    return kind if kind in MessageSource.values else MessageSource.OPERATION.value
