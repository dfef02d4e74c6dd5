"""What back ends say about campaigns: push-and-inbox.md 8."""

from collections.abc import Mapping
from typing import Any

from powerauth.integration.inputs.base import Input, ObjectOf
from powerauth.integration.inputs.fields import Text, TextList
from powerauth.integration.inputs.query import QueryFlag, QueryNumber
from powerauth.integration.push_server_errors import BusinessFailure, InvalidMembers, Violation
from push.campaigns.services import MAX_USERS, is_user_id
from push.integration.messages.inputs import BodyInput
from push.models import ID_LENGTH

DEFAULT_SIZE = 100  # users of a page
MAX_SIZE = 1000
NO_USER_LIST = "User ID list must not be empty."


def no_users() -> InvalidMembers:
    """Say what users have to be."""
    hint = f"must be identifiers of 1 to {ID_LENGTH} characters"
    return InvalidMembers([Violation(name="requestObject", hint=hint)])


def no_page() -> InvalidMembers:
    """Say what the number of a page has to be."""
    return InvalidMembers([Violation(name="page", hint="must be from 0 to 2147483648")])


class CreateInput(Input):
    """A new campaign."""

    app_id = Text(needed=True)
    message = ObjectOf(BodyInput, needed=True)


class ListInput(Input):
    """Which campaigns."""

    all = QueryFlag(help_text="Also those that have been sent.")


class UsersInput(Input):
    """Users."""

    user_ids = TextList(needed=True)


class PageInput(Input):
    """Which part of the list."""

    page = QueryNumber()
    size = QueryNumber()


class UserInput(Input):
    """A user."""

    user_id = Text(needed=True)


def user_ids(body: Mapping[str, Any]) -> list[str]:
    """Give the users of a `UsersInput`.

    Raises:
        BusinessFailure: there are none.
        InvalidMembers: there are too many, or what cannot be a user.
    """
    names: list[str] = body["user_ids"] or []
    if not names:
        raise BusinessFailure(NO_USER_LIST)
    if len(names) > MAX_USERS:
        hint = f"must have at most {MAX_USERS} elements"
        raise InvalidMembers([Violation(name="requestObject", value=len(names), hint=hint)])
    if not all(map(is_user_id, names)):
        raise no_users()
    return names


def page(body: Mapping[str, Any]) -> tuple[int, int]:
    """Give number and size of the page of a `PageInput`, counted from 0.

    Raises:
        InvalidMembers: the number is negative or beyond any list.
    """
    number, size = body["page"] or 0, body["size"] or DEFAULT_SIZE
    if not 0 <= number <= 2**31:
        raise no_page()
    return number, min(size, MAX_SIZE) if size > 0 else DEFAULT_SIZE
