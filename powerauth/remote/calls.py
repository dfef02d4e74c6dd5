"""One call of `/rest/v3`: integration-api.md 1. Each failure is one exception and one log line."""

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import orjson

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.remote import client
from enrollment_server.remote.values import Answer, NoAnswer
from powerauth.errors import EngineRefusal, ErrorCode, RemoteFailure
from powerauth.remote.members import WrongShape, members
from powerauth.remote.server import server

logger = logging.getLogger(__name__)

T = TypeVar("T")
_LONG = 20  # characters of a number that no member has which is read here
_REFUSALS: Mapping[str, ErrorCode] = {code.value: code for code in ErrorCode}


def call(method: str, request: Mapping[str, Any], read: Callable[[Any], T]) -> T:
    """Call a method of the server, once, and read its answer.

    Args:
        method: path below `/v3/`.
        request: members of the `requestObject`.
        read: makes a value of the `responseObject`; raises WrongShape.

    Raises:
        EngineRefusal: the server refuses, with a code of integration-api.md 2.
        RemoteFailure: it does not answer, or not as it is documented.
    """
    try:
        answer = client.post(server(), f"/v3/{method}", dump_json({"requestObject": request}))
        return read(_response_object(answer))
    except (NoAnswer, WrongShape) as error:
        reason = str(error)
    except OSError as error:
        # A file of the settings was fine at the start, and is not any more.
        reason = f"a file of the settings cannot be used ({type(error).__name__})"
    logger.error("the PowerAuth Server failed: call=%s reason=%s", method, reason)
    raise RemoteFailure(method, reason)


def _response_object(answer: Answer) -> Any:
    """Give what a method answers with.

    Raises:
        EngineRefusal: the server refuses.
        WrongShape: the answer is none.
    """
    if answer.status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST):
        raise WrongShape(f"HTTP status {answer.status}")
    content = members(_parsed(answer.body), "the answer")
    status = "OK" if answer.status == HTTPStatus.OK else "ERROR"
    if content.get("status") != status:
        raise WrongShape(f"HTTP status {answer.status} without the status {status}")
    if answer.status == HTTPStatus.OK:
        return content.get("responseObject")
    code = members(content.get("responseObject")).get("code")
    refusal = _REFUSALS.get(code) if isinstance(code, str) else None
    if refusal is None:
        raise WrongShape("an unknown code of refusal")
    raise EngineRefusal(refusal)


def _parsed(body: bytes) -> Any:
    """Read JSON, whatever numbers there are: a phone may have stored some that nobody can hold."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return json.loads(body.decode(), parse_int=_number)
        except (ValueError, RecursionError) as error:
            raise WrongShape("the answer is not JSON") from error


def _number(literal: str) -> float:
    return int(literal) if len(literal) < _LONG else float(literal)
