"""Calls of a Push Server: push-and-inbox.md 2. Each failure is one exception and one log line."""

import logging
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.push_server.server import server
from enrollment_server.remote import client
from enrollment_server.remote.envelopes import Refused, content_of
from enrollment_server.remote.members import WrongShape
from enrollment_server.remote.values import Answer, NoAnswer

logger = logging.getLogger(__name__)

T = TypeVar("T")
_CODE = re.compile("[A-Z][A-Z0-9_]{0,63}")
# What a refusal says is logged only where it holds nothing of the request.
_KNOWN_TEXTS = frozenset(
    {
        "Application with given ID does not exist",
        "Application list contained an app that is not configured in the system.",
        "Device registration failed because activation status is unknown",
        "Device registration failed because associated activation is not ACTIVE",
    }
)


class PushServerFailure(Exception):
    """The server did not do what it was asked, or does not say so.

    Args:
        code: of its refusal; empty if it did not answer, or not as it is documented: whether it did
            what it was asked is not known then.
    """

    def __init__(self, call: str, *, code: str = "") -> None:
        self.call = call
        self.code = code
        super().__init__(f"{call}: {code or 'no answer'}")


def ask(
    path: str,
    parameters: Mapping[str, str],
    read: Callable[[Any], T],
    *,
    expected: Collection[str] = (),
) -> T:
    """Ask for something, and read the answer.

    Args:
        path: without a slash at its beginning, such as `inbox/messages/list`.
        parameters: of the query.
        read: makes a value of the `responseObject`; raises WrongShape.
        expected: codes of refusals that need no line in the log.

    Raises:
        PushServerFailure: the server refuses, does not answer, or not as it is documented.
    """
    query = urlencode(parameters, quote_via=quote, safe="")
    return _answered(
        path, read, lambda: client.request(server(), "GET", f"/{path}?{query}"), expected
    )


def command(path: str, request: Mapping[str, Any], read: Callable[[Any], T]) -> T:
    """Have something done, once, and read the answer; else as `ask`.

    Args:
        request: members of the `requestObject`.
    """
    body = dump_json({"requestObject": request})
    return _answered(path, read, lambda: client.post(server(), f"/{path}", body), ())


def nothing(answer: object) -> None:
    """Read the answer of a method without a result."""


def _answered(
    path: str,
    read: Callable[[Any], T],
    send: Callable[[], Answer],
    expected: Collection[str],
) -> T:
    try:
        return read(content_of(send()).get("responseObject"))
    except (NoAnswer, WrongShape) as error:
        logger.error("the Push Server failed: call=%s reason=%s", path, error)
        raise PushServerFailure(path) from error
    except Refused as refused:
        code = refused.code if _CODE.fullmatch(refused.code) else "unknown"
        if code not in expected:
            text = refused.message if refused.message in _KNOWN_TEXTS else ""
            logger.error("the Push Server refused: call=%s code=%s text=%s", path, code, text)
        raise PushServerFailure(path, code=code) from refused
