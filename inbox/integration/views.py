"""The inbox as back ends fill and read it: push-and-inbox.md 7."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.envelope import Envelope
from inbox import selection, services
from inbox.audited import MAILBOX, MESSAGE
from inbox.errors import InvalidMessage, UnknownApplication
from inbox.integration import examples, inputs
from inbox.integration.errors import MessageNotFound
from inbox.integration.presentation import (
    BackEndMessage,
    BackEndMessageDetail,
    present_record,
)
from inbox.mobile.presentation import PageShown, UnreadCount, present_summary
from inbox.values import Record, Summary
from powerauth import known_applications
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    NO_USER,
    UNKNOWN_APPLICATIONS,
    ApplicationNotFound,
    BusinessFailure,
    InvalidMembers,
    Violation,
)
from powerauth.remote.server import is_remote

_TAG = "Push: inbox"
_EMPTY = BusinessFailure(EMPTY_REQUEST)
_OF_READER = (BusinessFailure(NO_USER), BusinessFailure(NO_APPLICATION))


def _violated(name: str, hint: str) -> InvalidMembers:
    return InvalidMembers([Violation(name=name, hint=hint)])


class CreateView(PushServerView):
    """`inbox/messages`: write a message to a user; phones ring only if it says so."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Write a message to a user",
        example=examples.LETTER,
        result_example=examples.DETAIL,
        refusals=(
            _EMPTY,
            _violated("subject", "must have 8 to 255 characters"),
            ApplicationNotFound(UNKNOWN_APPLICATIONS),
        ),
    )
    http_method_names = ["post"]
    input_class = inputs.CreateInput
    changes = Changes(kind=MESSAGE, made="id")

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        self._known = known_applications.existing(body["applications"] or [])

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BackEndMessageDetail:
        values = inputs.message_values(body)
        try:
            message = services.create_message(**values, known=self._known, at=at)
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

    endpoint = Endpoint(
        tag=_TAG,
        summary="List messages of a user",
        description=(
            "Newest first, without their bodies: those that at least one of the applications "
            "shows. Pages are counted from 0; without a size, or below 1, they have the usual "
            "one."
        ),
        result=list[BackEndMessage],
        beside=PageShown,
        result_example=[examples.ITEM],
        beside_example={"page": 0, "size": 20},
        refusals=(
            BusinessFailure(NO_USER),
            _violated("applications", inputs.SOME_APPLICATION),
            ApplicationNotFound(UNKNOWN_APPLICATIONS),
        ),
    )
    http_method_names = ["get"]
    input_class = inputs.ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Envelope:
        page = inputs.page(body)
        _check_known(body["applications"], UNKNOWN_APPLICATIONS)
        messages = selection.listed_in(
            body["user_id"], body["applications"], page, only_unread=bool(body["only_unread"])
        )
        return Envelope(
            payload=_listed(messages), beside=PageShown(page=page.number, size=page.size)
        )


class CountView(PushServerView):
    """`inbox/messages/count`: how many messages wait to be read."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Count unread messages of a user",
        result_example=UnreadCount(countUnread=10),
        refusals=(*_OF_READER, ApplicationNotFound),
    )
    http_method_names = ["get"]
    input_class = inputs.ReaderInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UnreadCount:
        reader = inputs.reader(body)
        _check_known([reader.application_id])
        return {"countUnread": selection.count_unread(reader)}


class DetailView(PushServerView):
    """`inbox/messages/detail`: one message, whoever it is for; it does not become read by that."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Show one message, whoever it is for",
        result_example=examples.DETAIL,
        refusals=(_violated("id", inputs.NOT_BLANK), MessageNotFound),
    )
    http_method_names = ["get"]
    input_class = inputs.DetailInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BackEndMessageDetail:
        return _present(inputs.message_id(body["id"], name="id"))


class ReadView(PushServerView):
    """`inbox/messages/read`: mark one message as read, whoever it is for."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Mark one message as read, whoever it is for",
        example={"inboxId": examples.ITEM["id"]},
        result_example=examples.READ,
        refusals=(_EMPTY, _violated("inboxId", inputs.NOT_BLANK), MessageNotFound),
    )
    http_method_names = ["post"]
    input_class = inputs.ReadInput
    changes = Changes(kind=MESSAGE, given=("inbox_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BackEndMessageDetail:
        message_id = inputs.message_id(body["inbox_id"], name="inboxId")
        services.read_for_back_end(message_id, at=at)
        return _present(message_id)


class ReadAllView(PushServerView):
    """`inbox/messages/read-all`: mark all messages as read that a user can see somewhere."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Mark all messages of a user in an application as read",
        example=examples.READER,
        refusals=(_EMPTY, *_OF_READER, ApplicationNotFound),
    )
    http_method_names = ["post"]
    input_class = inputs.ReaderInput
    changes = Changes(kind=MAILBOX, given=("user_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        reader = inputs.reader(body)
        _check_known([reader.application_id])
        services.read_all(by=reader, at=at)


def _listed(messages: Iterable[Summary]) -> list[BackEndMessage]:
    return [present_summary(message, milliseconds=True) for message in messages]


def _present(message_id: str) -> BackEndMessageDetail:
    message = selection.record(message_id)
    if message is None:
        raise MessageNotFound
    return present_record(message)


def _check_known(application_ids: Sequence[str], complaint: str | None = None) -> None:
    # One of another server costs a call: an unknown one has no messages, which is answer enough.
    if not is_remote() and set(application_ids) - known_applications.existing(application_ids):
        raise ApplicationNotFound(complaint)
