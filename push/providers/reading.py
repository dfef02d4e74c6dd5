"""What all providers' answers have in common: push-and-inbox.md 6."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from enrollment_server.remote.retry_after import retry_after
from push.providers.transport.values import Answer
from push.providers.values import Outcome, Result

MALFORMED = "MalformedAnswer"
SENT = Result(outcome=Outcome.SENT)
# It ends up in logs, lists and labels of metrics.
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def members(answer: Answer) -> Mapping[str, Any]:
    """Give the members of an answer in JSON; none if it is something else, as of a proxy."""
    try:
        return mapping(json.loads(answer.body))
    except (ValueError, RecursionError):
        return {}


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object of JSON, an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def word(value: object) -> str:
    """Give a code or a reason if it looks like one, else nothing."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _WORD.fullmatch(text) else ""


def failed(reason: str) -> Result:
    """Give the result for a message that this device does not get."""
    return Result(outcome=Outcome.FAILED, reason=reason)


def dead(reason: str, *, since: datetime | None = None, is_doubtful: bool = False) -> Result:
    """Give the result for a token that no message reaches any more."""
    return Result(
        outcome=Outcome.FAILED,
        reason=reason,
        token_is_dead=True,
        dead_since=since,
        is_doubtful=is_doubtful,
    )


def refused(reason: str) -> Result:
    """Give the result for credentials that the provider does not take; the device is innocent."""
    return Result(outcome=Outcome.FAILED, reason=reason, credentials_refused=True)


def pending(reason: str, answer: Answer | None = None, *, at: datetime | None = None) -> Result:
    """Give the result for what is worth another attempt, not before the provider wants one."""
    asked = retry_after(answer.headers.get("retry-after"), at=at) if answer and at else None
    return Result(outcome=Outcome.PENDING, reason=reason, retry_after=asked)


def is_busy(answer: Answer) -> bool:
    """Tell whether an answer says `later`, whatever reason it names besides."""
    return answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= 500


def status_word(answer: Answer) -> str:
    """Name an answer that gives no reason."""
    return MALFORMED if answer.status == HTTPStatus.OK else f"HTTP {answer.status}"
