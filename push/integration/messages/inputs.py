"""What back ends say about messages: push-and-inbox.md 4.1 and 4.2."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from enrollment_server.api.payloads.json import dump_json, load_json
from powerauth.integration.inputs.base import Input, ObjectOf
from powerauth.integration.inputs.fields import (
    AnyMap,
    EnumField,
    Flag,
    ListOf,
    Number,
    Text,
    TextList,
)
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.push_server import require
from powerauth.integration.push_server_errors import (
    BusinessFailure,
    InvalidMembers,
    Violation,
)
from push import sendable
from push.messages.values import Priority, PushMessage
from push.messages.values import Text as Words
from push.models import ACTIVATION_ID_LENGTH, ID_LENGTH, MessageSource
from push.outbox.values import Outgoing

MAX_BATCH = 20
NO_MESSAGE = "Push message must not be null."
NO_BODY = "Push message payload (body) must not be null."
NO_RECIPIENT = "Push message must contain a user ID."
EMPTY_BATCH = "There are no push messages in the batch."
LARGE_BATCH = f"There are more than {MAX_BATCH} push messages in the batch."
TOO_LONG = "The push message is longer than a provider takes."


class Mode(StrEnum):
    """Whether a call waits for the answers of the providers."""

    SYNCHRONOUS = "SYNCHRONOUS"
    ASYNCHRONOUS = "ASYNCHRONOUS"


class AttributesInput(Input):
    """Who gets a message, and whether anybody notices."""

    personal = Flag(help_text="Only for devices whose activation is ACTIVE.")
    silent = Flag(help_text="For the app only: no text, no sound.")


class BodyInput(Input):
    """What a message says."""

    title = Text()
    title_loc_key = Text(help_text="Of the app's own catalogue.")
    title_loc_args = TextList()
    body = Text()
    body_loc_key = Text(help_text="Of the app's own catalogue.")
    body_loc_args = TextList()
    badge = Number(help_text="On the icon of the app: absent leaves it, 0 clears it.")
    sound = Text()
    icon = Text()
    category = Text()
    collapse_key = Text(help_text="A newer message takes the place of an older one with the same.")
    valid_until = FlexibleDateTime(help_text="No device gets it later.")
    extras = AnyMap(help_text="For the app; members that are null are not sent.")


class MessageInput(Input):
    """A message to a user."""

    user_id = Text(needed=True)
    activation_id = Text(help_text="The only one whose device gets it.")
    priority = EnumField(Priority)
    attributes = AttributesInput(required=False, allow_null=True, default=None)
    body = ObjectOf(BodyInput, needed=True)


class SendInput(Input):
    """One message."""

    app_id = Text(needed=True)
    mode = EnumField(Mode)
    message = ObjectOf(MessageInput, needed=True)


class BatchInput(Input):
    """Several messages."""

    app_id = Text(needed=True)
    mode = EnumField(Mode)
    batch = ListOf(ObjectOf(MessageInput), needed=True)


def one(body: Mapping[str, Any], *, at: datetime) -> list[Outgoing]:
    """Give the message of a `SendInput`.

    Raises:
        BusinessFailure: it is missing, says nothing, or cannot be sent.
        InvalidMembers: a member breaks a rule of its form.
    """
    if body["message"] is None:
        raise BusinessFailure(NO_MESSAGE)
    return [_outgoing(body["app_id"], body["message"], at=at)]


def several(body: Mapping[str, Any], *, at: datetime) -> list[Outgoing]:
    """Give the messages of a `BatchInput`; raises as `one`."""
    if not body["batch"]:
        raise BusinessFailure(EMPTY_BATCH)
    if len(body["batch"]) > MAX_BATCH:
        raise BusinessFailure(LARGE_BATCH)
    return [_outgoing(body["app_id"], message, at=at) for message in body["batch"]]


def content(body: Mapping[str, Any]) -> PushMessage:
    """Give the message of a `BodyInput`."""
    return PushMessage(
        title=_words(body, "title"),
        body=_words(body, "body"),
        badge=body["badge"],
        sound=body["sound"],
        icon=body["icon"],
        category=body["category"],
        collapse_key=body["collapse_key"] or None,
        valid_until=body["valid_until"],
        # Numbers as everybody reads them: no digits have to be kept for a signature.
        extras=load_json(dump_json(body["extras"] or {})),
    )


def check_sendable(message: PushMessage, *, at: datetime) -> None:
    """Refuse a message that some provider would not take.

    Raises:
        BusinessFailure
    """
    try:
        sendable.check(message, at=at)
    except sendable.InvalidMessage as error:
        raise BusinessFailure(str(error)) from error
    except sendable.MessageTooLong as error:
        raise BusinessFailure(TOO_LONG) from error


def _outgoing(application_id: str, said: Mapping[str, Any], *, at: datetime) -> Outgoing:
    require(said, {"user_id": NO_RECIPIENT})
    if said["body"] is None:
        raise BusinessFailure(NO_BODY)
    _check_lengths(said)
    attributes = said["attributes"] or {"personal": None, "silent": None}
    message = replace(
        content(said["body"]),
        priority=said["priority"] or Priority.HIGH,
        personal=bool(attributes["personal"]),
        silent=bool(attributes["silent"]),
    )
    check_sendable(message, at=at)
    return Outgoing(
        application_ids=[application_id],
        user_ids=[said["user_id"]],
        activation_ids=[said["activation_id"]] if said["activation_id"] else None,
        source=MessageSource.API.value,
        message=message,
    )


def _check_lengths(said: Mapping[str, Any]) -> None:
    found = [
        Violation(name=name, value=value, hint=f"must have at most {most} characters")
        for name, value, most in (
            ("userId", said["user_id"], ID_LENGTH),
            ("activationId", said["activation_id"], ACTIVATION_ID_LENGTH),
        )
        if len(value or "") > most
    ]
    if found:
        raise InvalidMembers(found)


def _words(body: Mapping[str, Any], name: str) -> Words:
    return Words(
        text=body[name],
        loc_key=body[f"{name}_loc_key"],
        loc_args=tuple(body[f"{name}_loc_args"] or ()),
    )
