"""Scalars of requests that came as another kind of JSON value.

Back ends and apps in Java rely on what their JSON library converts by itself: a number where a text
is expected, or a text where a number is. An object or an array is never converted, and no text is
changed. Pure.
"""

import re

from enrollment_server.api.payloads.exact_numbers import ExactNumber

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_TRUTHS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT64 = 2**63


def text_of(value: object) -> str | None:
    """Give the text of a JSON scalar, a number with the digits that were sent; None for others."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | ExactNumber():
            return str(value)
        case _:
            return None


def whole_of(value: object) -> int | None:
    """Give a whole number of 64 bits: a number, or a text of digits; None for others."""
    match value:
        case bool():
            return None
        case int():
            return value
        case ExactNumber():
            return value.as_whole()
        case str() if _WHOLE.fullmatch(value.strip()):
            number = int(value)
            return number if -_INT64 <= number < _INT64 else None
        case _:
            return None


def truth_of(value: object) -> bool | None:
    """Give a truth: a boolean, its name as a text, or a whole number other than zero."""
    match value:
        case bool():
            return value
        case int():
            return value != 0
        case str():
            return _TRUTHS.get(value.strip())
        case _:
            return None


def is_blank(value: object) -> bool:
    """Tell whether a value is a text of nothing, which stands for null where no text is wanted."""
    return isinstance(value, str) and not value.strip()
