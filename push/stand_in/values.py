"""What comes to the stand-in, and what goes from it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Provider(StrEnum):
    """Whom the stand-in stands in for, with their token endpoints apart."""

    APNS = "apns"
    FCM = "fcm"
    HMS = "hms"
    FCM_TOKEN = "fcm_token"  # noqa: S105
    HMS_TOKEN = "hms_token"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A whole request; names of headers are lower case.

    Args:
        is_wanted: tells, when it is about to be looked at, whether nobody was told that it is not.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    development: bool = False
    connection: int = 0
    has_duplicate_headers: bool = False
    is_wanted: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that was taken.

    Args:
        number: counts all messages, from 1.
        headers: those that say how to deliver it; never a proof of who sent it.
        connection: counts the connections, from 1.
    """

    number: int
    provider: Provider
    token: str
    payload: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    development: bool = False
    connection: int = 0


def json_reply(value: object, *, status: int = 200, **headers: str) -> Reply:
    """Give an answer in JSON; underscores in names of headers are hyphens."""
    return Reply(
        status=status,
        headers={
            "content-type": "application/json; charset=UTF-8",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        },
        body=json.dumps(value).encode(),
    )
