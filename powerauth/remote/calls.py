"""One call of `/rest/v3` or `/rest/v4`: integration-api.md 1, protocol-4.md 34.2.

Each failure is one exception and one log line.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.remote import client
from enrollment_server.remote.envelopes import Refused, content_of
from enrollment_server.remote.members import WrongShape
from enrollment_server.remote.values import Answer, NoAnswer
from powerauth.errors import EngineRefusal, ErrorCode, RemoteFailure
from powerauth.remote.server import server

logger = logging.getLogger(__name__)

T = TypeVar("T")
_REFUSALS: Mapping[str, ErrorCode] = {code.value: code for code in ErrorCode}


def call(method: str, request: Mapping[str, Any], read: Callable[[Any], T], *, tree: int = 3) -> T:
    """Call a method of the server, once, and read its answer.

    Args:
        method: path below the tree.
        request: members of the `requestObject`.
        read: makes a value of the `responseObject`; raises WrongShape.
        tree: 3 or 4; what has no version in its meaning is called in `/rest/v3`.

    Raises:
        EngineRefusal: the server refuses, with a code of integration-api.md 2.
        RemoteFailure: it does not answer, or not as it is documented.
    """
    body = dump_json({"requestObject": request})
    try:
        return read(_response_object(client.post(server(), f"/v{tree}/{method}", body)))
    except (NoAnswer, WrongShape) as error:
        reason = str(error)
    logger.error("the PowerAuth Server failed: call=%s reason=%s", method, reason)
    raise RemoteFailure(method, reason)


def _response_object(answer: Answer) -> Any:
    """Give what a method answers with.

    Raises:
        EngineRefusal: the server refuses.
        WrongShape: the answer is none.
    """
    try:
        return content_of(answer).get("responseObject")
    except Refused as refused:
        code = _REFUSALS.get(refused.code)
        if code is None:
            raise WrongShape("an unknown code of refusal") from refused
        raise EngineRefusal(code) from refused
