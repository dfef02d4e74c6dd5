"""What happened to a user's affairs and is worth telling the user's phones.

Apps announce, and whoever delivers such news listens: neither knows the other. A listener is called
in the transaction of the change, so what it writes exists exactly if the change does.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

MAX_TITLE_LENGTH = 255  # characters
MAX_BODY_LENGTH = 1024  # characters

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A text in one language."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """News for the phones of a user: push-and-inbox.md 11.

    Args:
        cause: what it is about, such as `operation:<id>`; at most 255 characters.
        texts: by language, the one of "" for phones of any other; none for a silent one.
        silent: the app takes notice, the person does not.
        extras: what the app reads.
        activation_ids: nobody but these is concerned; None for all of the user.
        besides: the activation that knows already.
        valid_until: nobody wants to know later.
    """

    user_id: str
    application_ids: Sequence[str]
    cause: str
    category: str = ""
    texts: Mapping[str, News] = field(default_factory=dict)
    silent: bool = False
    extras: Mapping[str, str] = field(default_factory=dict)
    activation_ids: Sequence[str] | None = None
    besides: str | None = None
    valid_until: datetime | None = None


Listener = Callable[[Announcement, datetime], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call a listener for each announcement from now on, with its moment."""
    _listeners.append(listener)


class NewsLost(Exception):
    """A listener failed; what it has written spoils the transaction that it was called in."""


def announce(announcement: Announcement, *, at: datetime) -> None:
    """Tell all listeners, in the present transaction, which there has to be.

    No decision is lost for news: if a listener fails, all that was written for the announcement is
    undone, and the change stands.

    Raises:
        NewsLost: nothing of the transaction can be kept any more. Whoever went on would take a
            change for made that is not.
    """
    if not _listeners:
        return
    try:
        with transaction.atomic():
            announce_unguarded(announcement, at=at)
    except NewsLost:
        if transaction.get_rollback():
            raise


def announce_unguarded(announcement: Announcement, *, at: datetime) -> None:
    """Tell all listeners, for whoever undoes the change if that fails, and makes it without news.

    That takes two round trips to the database less.

    Raises:
        NewsLost: the present transaction has to be rolled back.
    """
    try:
        for listener in _listeners:
            listener(announcement, at)
    except Exception as error:
        logger.exception("phones are not told: cause=%s", announcement.cause)
        raise NewsLost(announcement.cause) from error
