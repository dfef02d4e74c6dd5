"""What Google's answers mean: push-and-inbox.md 6."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from push.providers import reading
from push.providers.transport.values import Answer
from push.providers.values import Result

_NAME = re.compile("projects/.+/messages/.+")
_FCM_ERROR = "google.firebase.fcm.v1.FcmError"
_TOKEN_FIELD = "message.token"  # noqa: S105
_PENDING = {"UNAVAILABLE", "INTERNAL", "QUOTA_EXCEEDED"}
_CREDENTIALS = {"UNAUTHENTICATED", "PERMISSION_DENIED"}
# Its status is 401, too, but it speaks of what the project has told Google of one platform.
_THIRD_PARTY = "THIRD_PARTY_AUTH_ERROR"


def read(answer: Answer, *, at: datetime) -> Result:
    """Read what became of a message."""
    found = reading.members(answer)
    if answer.status == HTTPStatus.OK:
        name = found.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name):
            return reading.SENT
        return reading.pending(reading.MALFORMED)
    error = reading.mapping(found.get("error"))
    code = _code(error)
    if reading.is_busy(answer) or code in _PENDING:
        return reading.pending(code or reading.status_word(answer), answer, at=at)
    if wants_another_token(answer):
        return reading.refused(code or reading.status_word(answer))
    if not code:
        return reading.pending(reading.status_word(answer))
    if code in _CREDENTIALS:
        return reading.refused(code)
    if code == "UNREGISTERED" or (code == "INVALID_ARGUMENT" and _names_the_token(error)):
        return reading.dead(code)
    return reading.failed(code)


def wants_another_token(answer: Answer) -> bool:
    """Tell whether Google does not take our access token."""
    if answer.status != HTTPStatus.UNAUTHORIZED:
        return False
    return _code(reading.mapping(reading.members(answer).get("error"))) != _THIRD_PARTY


def _code(error: Mapping[str, Any]) -> str:
    """Give FCM's own code, else the status that all of Google's services give."""
    for detail in _details(error):
        if str(detail.get("@type", "")).endswith(_FCM_ERROR):
            own = reading.word(detail.get("errorCode"))
            if own:
                return own
    return reading.word(error.get("status"))


def _names_the_token(error: Mapping[str, Any]) -> bool:
    return any(
        reading.mapping(violation).get("field") == _TOKEN_FIELD
        for detail in _details(error)
        for violation in _listed(detail.get("fieldViolations"))
    )


def _details(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (reading.mapping(detail) for detail in _listed(error.get("details")))


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
