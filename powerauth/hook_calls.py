"""Asking and telling the hook of a deployment, whose failures say nothing of what it was given.

Identity attributes may be passwords, and an exception may quote them: the log gets the place and
the type of an exception, never its text.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from enrollment_server.api.payloads.json import dump_json, load_exact
from powerauth.models.application import ID_LENGTH

logger = logging.getLogger(__name__)

T = TypeVar("T")


class HookFailed(Exception):
    """The hook raised an exception, or gave what it must not give."""


def ask(question: Callable[[], T]) -> T:
    """Ask the hook, and check what it says.

    Raises:
        HookFailed: it cannot answer; the log says where.
    """
    try:
        return question()
    except Exception as error:
        _log(error)
    raise HookFailed("the hook failed")


def tell(notification: Callable[[], None]) -> None:
    """Tell the hook; a failure is logged and changes nothing."""
    try:
        notification()
    except Exception as error:
        _log(error)


def _log(error: Exception) -> None:
    *_, place = traceback.extract_tb(error.__traceback__)
    logger.error(
        "the activation hook failed: %s in %s, line %s",
        type(error).__name__,
        place.filename,
        place.lineno,
    )


def user_id(answer: object) -> str | None:
    """Accept 1 to 255 characters that are not all blank, or None.

    Raises:
        TypeError, ValueError: anything else.
    """
    if answer is None:
        return None
    if not isinstance(answer, str) or not answer.strip() or len(answer) > ID_LENGTH:
        raise ValueError("no user id")
    return str(_storable(answer))


def attributes(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Accept a map that JSON can hold.

    Raises:
        TypeError, ValueError: anything else.
    """
    if not isinstance(answer, Mapping):
        raise TypeError("no map")
    return dict(_storable(dict(answer)))


def flags(answer: Iterable[str]) -> list[str]:
    """Accept texts; which of them an activation can hold, the server says.

    Raises:
        TypeError, ValueError: anything else.
    """
    texts = list(answer)
    if isinstance(answer, str) or not all(isinstance(text, str) for text in texts):
        raise TypeError("no flags")
    return list(_storable(texts))


def decision(answer: object) -> bool:
    """Accept a truth value; what merely counts as one, such as a coroutine, decides nothing.

    Raises:
        TypeError: anything else.
    """
    if not isinstance(answer, bool):
        raise TypeError("no decision")
    return answer


def number(answer: object) -> int | None:
    """Accept a whole number, or None.

    Raises:
        TypeError: anything else.
    """
    if answer is not None and (not isinstance(answer, int) or isinstance(answer, bool)):
        raise TypeError("no whole number")
    return answer


def end(answer: timedelta | None, *, at: datetime) -> datetime | None:
    """Give when a period ends that begins now, None without one.

    Raises:
        TypeError, OverflowError: no period, or one beyond the calendar.
    """
    return None if answer is None else at + answer


def _storable(value: object) -> Any:
    return load_exact(dump_json(value))
