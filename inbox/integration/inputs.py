"""What back ends say about messages: push-and-inbox.md 7.1."""

from collections.abc import Mapping
from typing import Any

from inbox import errors, policy
from inbox.values import Page, Reader
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Flag, Text, TextList
from powerauth.integration.inputs.query import QueryFlag, QueryNumber, QueryTextList
from powerauth.integration.push_server import require
from powerauth.integration.push_server_errors import (
    NO_APPLICATION,
    NO_USER,
    InvalidMembers,
    Violation,
)

# The rest of a message is a letter to somebody.
_SHOWN_AGAIN = {"user_id": "userId", "type": "type"}
_NOT_NEGATIVE = "must not be negative"
NOT_BLANK = "must not be blank"
SOME_APPLICATION = "must name at least one application"


class CreateInput(Input):
    """A new message."""

    user_id = Text(needed=True)
    type = Text(needed=True)
    subject = Text(needed=True)
    summary = Text(needed=True)
    body = Text(needed=True)
    applications = TextList(needed=True)
    notify = Flag(help_text="Let the user's phones ring, with subject and summary; off by default.")


class ReaderInput(Input):
    """A user, as an application sees the user."""

    user_id = Text(needed=True)
    app_id = Text(needed=True)


class ListInput(Input):
    """Which part of whose messages."""

    user_id = Text(needed=True)
    applications = QueryTextList(needed=True)
    only_unread = QueryFlag()
    page = QueryNumber()
    size = QueryNumber()


class DetailInput(Input):
    """Which message."""

    id = Text(needed=True)


class ReadInput(Input):
    """Which message."""

    inbox_id = Text(needed=True)


def message_values(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of a new message, absent ones as empty ones, which no rule admits."""
    texts = ("user_id", "type", "subject", "summary", "body")
    return {
        **{name: body[name] or "" for name in texts},
        "applications": body["applications"] or [],
        "notify": bool(body["notify"]),
    }


def violations(error: errors.InvalidMessage, body: Mapping[str, Any]) -> InvalidMembers:
    """Say on the wire what is wrong with a new message."""
    return InvalidMembers(
        Violation(
            name=_SHOWN_AGAIN.get(each.field, each.field),
            value=body[each.field] if each.field in _SHOWN_AGAIN else None,
            hint=each.hint,
        )
        for each in error.violations
    )


def reader(body: Mapping[str, Any]) -> Reader:
    """Give the reader of a `ReaderInput`.

    Raises:
        BusinessFailure: a member is missing.
    """
    require(body, {"user_id": NO_USER, "app_id": NO_APPLICATION})
    return Reader(user_id=body["user_id"], application_id=body["app_id"])


def page(body: Mapping[str, Any]) -> Page:
    """Check a `ListInput`, and give the page in effect.

    Raises:
        BusinessFailure: there is no user.
        InvalidMembers: there is no application, or no such page.
    """
    require(body, {"user_id": NO_USER})
    number = body["page"] or 0
    found = []
    if not body["applications"]:
        found.append(Violation(name="applications", hint=SOME_APPLICATION))
    if number < 0:
        found.append(Violation(name="page", value=number, hint=_NOT_NEGATIVE))
    if found:
        raise InvalidMembers(found)
    return policy.page(number, max(body["size"] or 0, 0))


def message_id(text: str | None, *, name: str) -> str:
    """Give the identifier of a message.

    Raises:
        InvalidMembers: there is none.
    """
    if text is None or not text.strip():
        raise InvalidMembers([Violation(name=name, value=text, hint=NOT_BLANK)])
    return text
