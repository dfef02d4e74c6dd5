"""What the mobile endpoints need of an inbox.

Every method sees the messages of the reader's user and application only, and raises InboxFailed
where the inbox refuses or is out of reach.
"""

from datetime import datetime
from typing import Protocol

from inbox.values import Detail, Page, Reader, Summary


class InboxBackend(Protocol):
    """Where messages live, embedded or remote."""

    def count_unread(self, reader: Reader) -> int:
        """Count what the reader has not read yet."""
        ...

    def messages(self, reader: Reader, page: Page, *, only_unread: bool) -> list[Summary]:
        """Give one page of messages, newest first."""
        ...

    def detail(self, message_id: str, reader: Reader) -> Detail:
        """Give one message; it does not become read by that."""
        ...

    def read(self, message_id: str, reader: Reader, *, at: datetime) -> None:
        """Mark a message as read; one that is read keeps its time."""
        ...

    def read_all(self, reader: Reader, *, at: datetime) -> None:
        """Mark all unread messages as read."""
        ...
