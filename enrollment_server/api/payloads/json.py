"""JSON as this server reads and writes it."""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

from enrollment_server.api.payloads.exact_numbers import ExactNumber, TooManyDigits, exact, whole

_MEANINGLESS = re.compile("[\x00\ud800-\udfff]")
MAX_DEPTH = 64  # levels of nesting; documented requests need five


class MalformedJson(ValueError):
    """Not JSON, or JSON that no documented request contains; the text says which."""


def _refuse_constant(name: str) -> None:
    raise MalformedJson("a number that is not finite is not JSON")


def _check_text(text: str) -> None:
    # PostgreSQL stores no NUL, and a lone surrogate has no UTF-8 form.
    if _MEANINGLESS.search(text):
        raise MalformedJson("text with a character that has no meaning")


def _levels(root: object) -> Iterator[list[object]]:
    """Give the values of each level of nesting, refusing what is nested too deeply."""
    level: list[object] = [root]
    for _ in range(MAX_DEPTH):
        yield level
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        if not below:
            return
        level = below
    raise MalformedJson("nested too deeply")


def _check(root: object) -> None:
    """Refuse values that the database or an answer could not hold."""
    for level in _levels(root):
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict):
                for name in value:
                    _check_text(name)


def load_exact(data: bytes) -> Any:
    """Parse UTF-8 JSON text of a client, whose numbers keep their digits.

    Whole numbers of 64 bits are plain integers, every other number is an `ExactNumber`: nothing
    free-form is rounded, and a number in a member that nobody reads refuses nothing.

    Raises:
        MalformedJson: not UTF-8, not JSON, nested deeper than `MAX_DEPTH`, a number of more than
            `MAX_DIGITS` characters, NUL or a lone surrogate in a text.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=exact,
            parse_int=whole,
        )
    except TooManyDigits as error:
        raise MalformedJson("number with too many digits") from error
    except MalformedJson:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedJson("not JSON") from error
    _check(value)
    return value


def _plain(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise MalformedJson("number out of range")
    return number


def _of_64_bits(literal: str) -> int:
    number = whole(literal)
    if isinstance(number, ExactNumber):
        raise MalformedJson("number out of range")
    return number


def load_json(data: bytes) -> Any:
    """Parse UTF-8 JSON text into plain values.

    Raises:
        MalformedJson: as `load_exact`; a number outside of 64 bits.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_plain,
            parse_int=_of_64_bits,
        )
    except MalformedJson:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedJson("not JSON") from error
    _check(value)
    return value


def stored_size(value: object) -> int:
    """Give the bytes that a JSON value takes where numbers are kept without their exponents.

    PostgreSQL writes out 1e400 with all its digits; few characters must not become a long row.

    Raises:
        TooManyDigits: a number has more than `MAX_DIGITS` digits so.
    """
    numbers = (item for level in _levels(value) for item in level if isinstance(item, ExactNumber))
    return len(dump_json(value)) + sum(number.hidden_digits() for number in numbers)


def json_form(value: object) -> object:
    """Give what orjson writes for a value that it does not know.

    Raises:
        TypeError: JSON has no form for it either.
    """
    if isinstance(value, ExactNumber):
        return orjson.Fragment(value.literal)
    if isinstance(value, Decimal):
        # Clients read amounts digit by digit: no exponent, no binary rounding.
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dump_json(value: object) -> bytes:
    """Write compact UTF-8 JSON; an `ExactNumber` and a Decimal have exactly their digits."""
    return orjson.dumps(value, default=json_form)


def pretty_json(value: object) -> str:
    """Write JSON for people to read; see `dump_json`."""
    return orjson.dumps(value, default=json_form, option=orjson.OPT_INDENT_2).decode()
