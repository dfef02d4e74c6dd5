"""Messages in our own database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import OperationalError

from inbox import selection, services
from inbox.errors import InboxFailed
from inbox.values import Detail, Page, Reader, Summary

logger = logging.getLogger(__name__)


class EmbeddedBackend:
    """Implements `base.InboxBackend`."""

    def count_unread(self, reader: Reader) -> int:
        with _outages_reported():
            return selection.count_unread(reader)

    def messages(self, reader: Reader, page: Page, *, only_unread: bool) -> list[Summary]:
        with _outages_reported():
            return selection.listed(reader, page, only_unread=only_unread)

    def detail(self, message_id: str, reader: Reader) -> Detail:
        with _outages_reported():
            message = selection.find(message_id, reader)
        if message is None:
            raise InboxFailed
        return message

    def read(self, message_id: str, reader: Reader, *, at: datetime) -> None:
        with _outages_reported():
            visible = services.read(message_id, by=reader, at=at)
        if not visible:
            raise InboxFailed

    def read_all(self, reader: Reader, *, at: datetime) -> None:
        with _outages_reported():
            services.read_all(by=reader, at=at)


@contextmanager
def _outages_reported() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        logger.exception("the database of the inbox failed")
        raise InboxFailed from error
