"""Shapes of JSON, as the providers' references give them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]


def text(value: Any) -> bool:
    return isinstance(value, str)


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def one_of(*values: Any) -> Check:
    return lambda value: any(value == each and type(value) is type(each) for each in values)


def like(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def within(low: int, high: int) -> Check:
    return lambda value: number(value) and low <= value <= high


def wrong_member(value: Any, shape: Shape) -> str | None:
    """Name a member that the shape does not have, or that is not what it has to be; else None.

    A value that is no object has the wrong member "".
    """
    if not isinstance(value, dict):
        return ""
    return next(
        (name for name, part in value.items() if name not in shape or not shape[name](part)), None
    )
