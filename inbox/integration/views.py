"""The inbox as back ends fill and read it: push-and-inbox.md 7."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from enrollment_server.api.envelope import Envelope
from inbox import selection, services
from inbox.audited import MAILBOX, MESSAGE
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.integration import inputs
from inbox.integration.errors import MessageNotFound
from inbox.mobile.presentation import present_detail, present_summary
from inbox.values import Record
from powerauth.engine.applications import applications
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView
from powerauth.integration.push_server_errors import UNKNOWN_APPLICATIONS, ApplicationNotFound


class CreateView(PushServerView):
    """`inbox/messages`: write a message to a user. No push is sent."""

    http_method_names = ["post"]
    input_class = inputs.CreateInput
    changes = Changes(kind=MESSAGE, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        values = inputs.message_values(body)
        try:
            message = services.create_message(**values, at=at)
        except InvalidMessage as error:
            raise inputs.violations(error, body) from error
        except UnknownApplication as error:
            raise ApplicationNotFound(UNKNOWN_APPLICATIONS) from error
        return present_record(
            Record(
                id=str(message.pk),
                type=message.type,
                subject=message.subject,
                summary=message.summary,
                body=message.body,
                user_id=message.user_id,
                read=message.read,
                created_at=message.created_at,
                read_at=message.read_at,
                application_ids=tuple(dict.fromkeys(values["applications"])),
            )
        )


class ListView(PushServerView):
    """`inbox/messages/list`: a page of a user's messages, newest first."""

    http_method_names = ["get"]
    input_class = inputs.ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Envelope:
        page = inputs.page(body)
        _check_known(body["applications"], UNKNOWN_APPLICATIONS)
        messages = selection.listed_in(
            body["user_id"], body["applications"], page, only_unread=bool(body["only_unread"])
        )
        return Envelope(
            payload=[present_summary(message, milliseconds=True) for message in messages],
            beside={"page": page.number, "size": page.size},
        )


class CountView(PushServerView):
    """`inbox/messages/count`: how many messages wait to be read."""

    http_method_names = ["get"]
    input_class = inputs.ReaderInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        reader = inputs.reader(body)
        _check_known([reader.application_id])
        return {"countUnread": selection.count_unread(reader)}


class DetailView(PushServerView):
    """`inbox/messages/detail`: one message, whoever it is for; it does not become read by that."""

    http_method_names = ["get"]
    input_class = inputs.DetailInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _present(inputs.message_id(body["id"], name="id"))


class ReadView(PushServerView):
    """`inbox/messages/read`: mark one message as read, whoever it is for."""

    http_method_names = ["post"]
    input_class = inputs.ReadInput
    changes = Changes(kind=MESSAGE, given=("inbox_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        message_id = inputs.message_id(body["inbox_id"], name="inboxId")
        services.read_for_back_end(message_id, at=at)
        return _present(message_id)


class ReadAllView(PushServerView):
    """`inbox/messages/read-all`: mark all messages as read that a user can see somewhere."""

    http_method_names = ["post"]
    input_class = inputs.ReaderInput
    changes = Changes(kind=MAILBOX, given=("user_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        reader = inputs.reader(body)
        _check_known([reader.application_id])
        services.read_all(by=reader, at=at)


def present_record(message: Record) -> dict[str, Any]:
    """Give the members of one message as back ends see it, which is more than a phone may see."""
    return {
        **present_detail(message, milliseconds=True),
        "userId": message.user_id,
        "timestampRead": message.read_at,
        "applications": message.application_ids,
    }


def _present(message_id: str) -> dict[str, Any]:
    message = selection.record(message_id)
    if message is None:
        raise MessageNotFound
    return present_record(message)


def _check_known(application_ids: Sequence[str], complaint: str | None = None) -> None:
    if set(application_ids) - applications.existing(list(application_ids)):
        raise ApplicationNotFound(complaint)
