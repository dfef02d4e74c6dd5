"""JSON as this server reads and writes it."""

import json
import math
from decimal import Decimal
from typing import Any

import orjson

MAX_DEPTH = 64  # levels of nesting; documented requests need five
_INT64 = 2**63


class MalformedJson(ValueError):
    """Not JSON, or JSON that no documented request contains."""


def _refuse_constant(name: str) -> None:
    raise MalformedJson(f"{name} is not JSON")


def _check_text(text: str) -> None:
    # PostgreSQL stores no NUL, and a lone surrogate has no UTF-8 form.
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedJson("text with a character that has no meaning")


def _check_number(number: float) -> None:
    if not math.isfinite(number) or (isinstance(number, int) and not -_INT64 <= number < _INT64):
        raise MalformedJson("number out of range")


def _check(root: object) -> None:
    """Refuse values that the database or an answer could not hold."""
    level: list[object] = [root]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                for name in value:
                    _check_text(name)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, str):
                _check_text(value)
            elif (isinstance(value, float) and not math.isfinite(value)) or (
                isinstance(value, int) and not -_INT64 <= value < _INT64
            ):
                raise MalformedJson("number out of range")
        if not below:
            return
        level = below
    raise MalformedJson("nested too deeply")


def load_json(data: bytes) -> Any:
    """Parse UTF-8 JSON text into plain values.

    Raises:
        MalformedJson: not UTF-8, not JSON, nested deeper than `MAX_DEPTH`, a number outside of 64
            bits, NUL or a lone surrogate in a text.
    """
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedJson("not JSON") from error
    _check(value)
    return value


def _default(value: object) -> object:
    if isinstance(value, Decimal):
        # Clients read amounts digit by digit: no exponent, no binary rounding.
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dump_json(value: object) -> bytes:
    """Write compact UTF-8 JSON; a Decimal becomes a number with exactly its digits."""
    return orjson.dumps(value, default=_default)
