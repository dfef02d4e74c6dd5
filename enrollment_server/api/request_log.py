"""The log lines of requests: one for each that is refused, one for each call of a back end.

A line has names and identifiers, and no value of a request: neither a header nor a body.
"""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest
from rest_framework.exceptions import ValidationError

from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.violations import violations_of

logger = logging.getLogger("enrollment_server.requests")

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
_WORD = re.compile(r"[\w.,:;/*\[\]<>-]{1,200}", flags=re.ASCII)
_LONGEST = 200  # characters of anything on a line


def refused(request: HttpRequest, error: ApiError, cause: BaseException | None = None) -> None:
    """Write the line about a refusal; a defect has its own, with its traceback.

    Args:
        cause: the exception that the answer was made of; what it and its causes know goes on the
            line, see `log_details` of ApiError and EngineRefusal.
    """
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR and cause is not error:
        return
    known = {**_details(cause), **{name: text for name, text in error.log_details.items() if text}}
    if known.get("reason") == error.code:
        del known["reason"]
    line = {"status": str(int(error.http_status)), "code": error.code, **known}
    logger.info("request refused: %s", _written({**_target(request), **line}))


def called(request: HttpRequest, *, status: int, seconds: float, integration: str) -> None:
    """Write the line about a call of a back end that succeeded."""
    line = {
        "status": str(status),
        "duration_ms": f"{seconds * 1000:.0f}",
        "integration": integration or "-",
    }
    logger.info("call answered: %s", _written({**_target(request), **line}))


def _target(request: HttpRequest) -> dict[str, str]:
    method = request.method if request.method in _METHODS else "other"
    match = request.resolver_match
    if match is None:
        return {"method": str(method), "path": request.path_info}
    return {"method": str(method), "route": match.route}


def _details(cause: BaseException | None) -> dict[str, str]:
    """Collect what an exception and its causes tell; the outer ones know better."""
    found: dict[str, str] = {}
    reason = ""
    while cause is not None:
        told: Mapping[str, str] = getattr(cause, "log_details", {})
        found = {**{name: text for name, text in told.items() if text}, **found}
        if isinstance(cause, ValidationError):
            members = dict.fromkeys(one.member for one in violations_of(cause.detail))
            found.setdefault("member", ",".join(name for name in members if name))
        reason, cause = type(cause).__name__, cause.__cause__
    return {name: text for name, text in {"reason": reason, **found}.items() if text}


def _written(members: Mapping[str, str]) -> str:
    return " ".join(f"{name}={_word(text)}" for name, text in members.items())


def _word(text: str) -> str:
    """Write a text so that it can neither end its line nor pass for another member."""
    return text if _WORD.fullmatch(text) else ascii(text[:_LONGEST])
