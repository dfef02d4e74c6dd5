"""Rules of the members of requests, which a refusal names: integration-api.md 1.1 and 1.3.

Members have their names on the wire. A rule says what a value has to be, and nothing of what came:
values are secrets, or get into logs.
"""

from typing import TypeVar

from powerauth.errors import EngineRefusal, ErrorCode

NOT_NULL = "must not be null"
NOT_BLANK = "must not be blank"
NOT_EMPTY = "must not be empty"
BASE64 = "must be Base64"
FRESH = "must be of now, in a request that was not used before"

T = TypeVar("T")


def at_most(length: int) -> str:
    """Give the rule about the length of a text."""
    return f"must have at most {length} characters"


def complaint(member: str, rule: str, *, within: str = "requestObject") -> str:
    """Say which member of a request breaks which rule.

    Args:
        member: its path; empty for the whole of `within`.
        within: what the members of the request stand in, empty text for nothing.
    """
    path = ".".join(part for part in (within, member) if part)
    return f"{path or 'request'} - {rule}"


def invalid(member: str, rule: str) -> EngineRefusal:
    """Give the refusal of a request for one of its members."""
    return EngineRefusal(ErrorCode.INVALID_REQUEST, complaint(member, rule), member=member)


def given(member: str, value: T | None) -> T:
    """Give a value that is there.

    Raises:
        EngineRefusal: INVALID_REQUEST for null.
    """
    if value is None:
        raise invalid(member, NOT_NULL)
    return value


def filled(member: str, text: str | None, limit: int | None = None) -> str:
    """Give a text that is there, is not empty and fits.

    Raises:
        EngineRefusal: INVALID_REQUEST for any other.
    """
    if not given(member, text):
        raise invalid(member, NOT_EMPTY)
    return str(fitting(member, text, limit))


def not_blank(member: str, text: str | None, limit: int | None = None) -> str:
    """Give a text with something in it that fits.

    Raises:
        EngineRefusal: INVALID_REQUEST for any other.
    """
    if not given(member, text).strip():
        raise invalid(member, NOT_BLANK)
    return str(fitting(member, text, limit))


def fitting(member: str, text: str | None, limit: int | None) -> str | None:
    """Give a text that is not too long; there may be none.

    Raises:
        EngineRefusal: INVALID_REQUEST for a longer one.
    """
    if limit is not None and len(text or "") > limit:
        raise invalid(member, at_most(limit))
    return text
