"""Messages as back ends see them, which is more than a phone may see: push-and-inbox.md 7.1."""

from datetime import datetime
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Shape, Uuid
from inbox.mobile.presentation import MessageType, present_detail
from inbox.values import Record


class BackEndMessage(TypedDict):
    """A message in a list."""

    id: Uuid
    type: MessageType
    subject: str
    summary: str
    read: bool
    timestampCreated: Annotated[str, Shape(keywords={"example": "2022-08-25T22:34:58.702+00:00"})]


class BackEndMessageDetail(BackEndMessage):
    """One message, with its reader."""

    userId: str
    body: Annotated[str, Shape("Text or HTML, as `type` says.")]
    timestampRead: Annotated[datetime | None, Shape("Null until somebody reads it.")]
    applications: list[str]


def present_record(message: Record) -> BackEndMessageDetail:
    """Give one message as back ends see it."""
    return {
        **present_detail(message, milliseconds=True),
        "userId": message.user_id,
        "timestampRead": message.read_at,
        "applications": list(message.application_ids),
    }
