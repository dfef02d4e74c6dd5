"""Messages on a Push Server elsewhere: push-and-inbox.md 7.

That server shows and marks a message for whoever asks, so the user and the application of each
message are compared here before anything is shown or marked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from enrollment_server.push_server.calls import PushServerFailure, ask, command, nothing
from enrollment_server.remote.members import WrongShape
from inbox.backends import remote_answers
from inbox.backends.remote_answers import Found
from inbox.errors import InboxFailed
from inbox.values import Detail, Page, Reader, Summary

_LIST, _COUNT, _DETAIL = "inbox/messages/list", "inbox/messages/count", "inbox/messages/detail"
_READ, _READ_ALL = "inbox/messages/read", "inbox/messages/read-all"
_UNKNOWN = frozenset({"ERROR_MESSAGE_NOT_FOUND"})
# Where that server cannot count any more; a page behind it is empty, as any page behind the last.
_MAX_OFFSET = 2**31 - 1  # messages
_BETWEEN_APPLICATIONS = ","


class RemoteBackend:
    """Implements `base.InboxBackend`; no call is repeated."""

    def count_unread(self, reader: Reader) -> int:
        asked = {"userId": reader.user_id, "appId": reader.application_id}
        with _failures_told():
            return ask(_COUNT, asked, remote_answers.count)

    def messages(self, reader: Reader, page: Page, *, only_unread: bool) -> list[Summary]:
        if _BETWEEN_APPLICATIONS in reader.application_id:
            # That server would take it for several applications, and list their messages.
            raise InboxFailed
        if page.number * page.size > _MAX_OFFSET:
            return []
        asked = {
            "userId": reader.user_id,
            "applications": reader.application_id,
            "onlyUnread": "true" if only_unread else "false",
            "page": str(page.number),
            "size": str(page.size),
        }
        with _failures_told():
            return ask(_LIST, asked, remote_answers.summaries)

    def detail(self, message_id: str, reader: Reader) -> Detail:
        with _failures_told():
            return _visible(message_id, reader)

    def read(self, message_id: str, reader: Reader, *, at: datetime) -> None:
        with _failures_told():
            message = _visible(message_id, reader)
            if not message.read:
                command(_READ, {"inboxId": message.id}, remote_answers.marked)

    def read_all(self, reader: Reader, *, at: datetime) -> None:
        asked = {"userId": reader.user_id, "appId": reader.application_id}
        with _failures_told():
            command(_READ_ALL, asked, nothing)


def _visible(message_id: str, reader: Reader) -> Found:
    """Give a message that the reader can see.

    Raises:
        InboxFailed: there is none, or it is somebody else's.
        PushServerFailure: the server does not say.
    """

    def read(answer: object) -> Found:
        message = remote_answers.found(answer)
        if message.id.lower() != message_id.lower():
            raise WrongShape("id is another one")
        return message

    message = ask(_DETAIL, {"id": message_id}, read, expected=_UNKNOWN)
    mine = message.user_id == reader.user_id and reader.application_id in message.application_ids
    if not mine:
        raise InboxFailed
    return message


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except PushServerFailure as error:
        raise InboxFailed from error
