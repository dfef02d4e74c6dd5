"""Messages in our own database: writing them, and the read state. push-and-inbox.md 7.

A message has one read state, whichever application shows it. Who reads it twice, or in parallel,
keeps the first time.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from inbox.errors import InvalidMessage, UnknownApplication, Violation
from inbox.models import (
    BODY_LENGTH,
    ID_LENGTH,
    LINE_LENGTH,
    InboxMessage,
    InboxMessageApplication,
    MessageType,
)
from inbox.values import Reader
from powerauth import known_applications
from powerauth.announcements import Announcement, News, announce
from powerauth.engine.identifiers import parse_id

SHORTEST_TEXT = 8  # characters of subject, summary and body
_APPLICATION_ID = re.compile(r"[a-zA-Z0-9_-]{3,255}")


def create_message(
    *,
    user_id: str,
    type: str,
    subject: str,
    summary: str,
    body: str,
    applications: Sequence[str],
    notify: bool = False,
    known: Collection[str] | None = None,
    at: datetime,
) -> InboxMessage:
    """Write a message to a user, who need not exist anywhere yet.

    Args:
        user_id: 1-255 characters.
        type: `text` or `html`.
        subject: 8-255 characters.
        summary: 8-255 characters.
        body: 8-65536 characters.
        applications: at least one identifier; a repeated one counts once.
        notify: whether the user's phones ring.
        known: applications that exist, for a caller within a transaction, where no other server
            is asked for them.

    Raises:
        InvalidMessage: a rule of the form is broken.
        UnknownApplication: an application does not exist.

    Source: push-and-inbox.md 7.1.
    """
    violations = (
        *_violated_length("user_id", user_id, 1, ID_LENGTH),
        *_violated_type(type),
        *_violated_length("subject", subject, SHORTEST_TEXT, LINE_LENGTH),
        *_violated_length("summary", summary, SHORTEST_TEXT, LINE_LENGTH),
        *_violated_length("body", body, SHORTEST_TEXT, BODY_LENGTH),
        *_violated_applications(applications),
    )
    if violations:
        raise InvalidMessage(violations)
    application_ids = list(dict.fromkeys(applications))
    _check_known(
        application_ids,
        known_applications.existing(application_ids) if known is None else known,
    )
    message = InboxMessage(
        user_id=user_id, type=type, subject=subject, summary=summary, body=body, created_at=at
    )
    with transaction.atomic():
        _store(message, application_ids)
        if notify:
            ring(message, application_ids, at=at)
    return message


def read(message_id: str, *, by: Reader, at: datetime) -> bool:
    """Mark a message as read; tell whether the reader can see it at all."""
    visible = InboxMessage.objects.visible_to(by.user_id, by.application_id).filter(
        pk=parse_id(message_id)
    )
    # Of simultaneous readers one changes the row, and the others find it read.
    return bool(visible.unread().update(read=True, read_at=at)) or visible.exists()


def read_for_back_end(message_id: str, *, at: datetime) -> None:
    """Mark a message as read, whoever it is for; there may be none, or it may be read."""
    InboxMessage.objects.unread().filter(pk=parse_id(message_id)).update(read=True, read_at=at)


@transaction.atomic
def read_all(*, by: Reader, at: datetime) -> int:
    """Mark all messages as read that the reader can see; give how many were not."""
    visible = InboxMessage.objects.visible_to(by.user_id, by.application_id).unread()
    # Locked in one order, so that two readers of overlapping messages cannot wait for each other.
    locked = visible.select_for_update().order_by("pk").values("pk")
    return InboxMessage.objects.unread().filter(pk__in=locked).update(read=True, read_at=at)


def ring(message: InboxMessage, application_ids: Sequence[str], *, at: datetime) -> None:
    """Let phones ring, in the present transaction, with what the list of messages shows.

    Source: push-and-inbox.md 11.
    """
    announce(
        Announcement(
            user_id=message.user_id,
            application_ids=application_ids,
            cause=f"inbox:{message.pk}",
            texts={"": News(title=message.subject, body=message.summary)},
            extras={"messageType": "mtoken.inboxMessage.new", "inboxId": str(message.pk)},
        ),
        at=at,
    )


def _store(message: InboxMessage, application_ids: Sequence[str]) -> None:
    message.save(force_insert=True)
    InboxMessageApplication.objects.bulk_create(
        InboxMessageApplication(message=message, application_id=application_id)
        for application_id in application_ids
    )


def _check_known(application_ids: list[str], known: Collection[str]) -> None:
    unknown = tuple(name for name in application_ids if name not in known)
    if unknown:
        raise UnknownApplication(unknown)


def _violated_length(field: str, text: str, shortest: int, longest: int) -> Iterator[Violation]:
    if not shortest <= len(text) <= longest:
        yield Violation(field=field, hint=f"must have {shortest} to {longest} characters")


def _violated_type(name: str) -> Iterator[Violation]:
    if name not in MessageType.values:
        yield Violation(field="type", hint=f"must be one of {', '.join(MessageType.values)}")


def _violated_applications(application_ids: Sequence[str]) -> Iterator[Violation]:
    if not application_ids:
        yield Violation(field="applications", hint="must name at least one application")
    elif not all(map(_APPLICATION_ID.fullmatch, application_ids)):
        yield Violation(
            field="applications", hint="must be identifiers of 3 to 255 letters, digits, _ and -"
        )
