"""Members of an answer, read strictly where they are known; what is not known is not looked at.

Each reader raises `WrongShape`, which names the member and never its value.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

Members = Mapping[str, Any]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LONG = 20  # characters of a number that no member has which is read here


class WrongShape(Exception):
    """An answer is not what its method answers; the text says in which member."""


def parsed(body: bytes) -> Any:
    """Read JSON, whatever numbers there are: a phone may have stored some that nobody can hold."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return json.loads(body.decode(), parse_int=_number)
        except (ValueError, RecursionError) as error:
            raise WrongShape("the answer is not JSON") from error


def members(value: object, name: str = "responseObject") -> Members:
    """Give the members of an object."""
    if not isinstance(value, dict):
        raise WrongShape(f"{name} is no object")
    return value


def objects(value: object, name: str = "responseObject") -> list[Members]:
    """Give the objects of a list."""
    if not isinstance(value, list):
        raise WrongShape(f"{name} is no list")
    return [members(item, f"an item of {name}") for item in value]


def text(source: Members, name: str) -> str:
    """Give a text that is not empty."""
    value = optional_text(source, name)
    if not value:
        raise WrongShape(f"{name} is missing")
    return value


def any_text(source: Members, name: str) -> str:
    """Give a text that may be empty, but not absent."""
    if source.get(name) is None:
        raise WrongShape(f"{name} is missing")
    return optional_text(source, name)


def optional_text(source: Members, name: str) -> str:
    """Give a text; empty for null and for a member that is not there."""
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongShape(f"{name} is no text")
    return value


def flag(source: Members, name: str) -> bool:
    """Give true or false; anything else is neither."""
    value = source.get(name)
    if not isinstance(value, bool):
        raise WrongShape(f"{name} is neither true nor false")
    return value


def number(source: Members, name: str) -> int | None:
    """Give a whole number; None for null and for a member that is not there."""
    value = source.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise WrongShape(f"{name} is no whole number")
    return value


def texts(source: Members, name: str) -> tuple[str, ...]:
    """Give a list of texts; none for null and for a member that is not there."""
    value = source.get(name)
    if value is None:
        return ()
    if not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise WrongShape(f"{name} is no list of texts")
    if isinstance(value, str):
        raise WrongShape(f"{name} is no list")
    return tuple(value)


def text_map(source: Members, name: str) -> dict[str, str | None]:
    """Give a map of texts, some of which may be null; empty for null."""
    value = source.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(
        item is None or isinstance(item, str) for item in value.values()
    ):
        raise WrongShape(f"{name} is no map of texts")
    return dict(value)


def moment(source: Members, name: str) -> datetime:
    """Give a time: ISO text with an offset, or milliseconds since 1970."""
    value = source.get(name)
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return _BEGINNING + timedelta(milliseconds=value)
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            if parsed.tzinfo is not None:
                return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongShape(f"{name} is no time") from error
    raise WrongShape(f"{name} is no time")


def _number(literal: str) -> float:
    return int(literal) if len(literal) < _LONG else float(literal)
