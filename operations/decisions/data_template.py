"""Operation data from their template: integration-api.md 13.4, mobile-token-api.md 12. Pure."""

import re
from collections.abc import Mapping

from operations.screen.placeholders import expand

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_ESCAPES = str.maketrans({"\\": "\\\\", "*": "\\*", "\n": "\\n"})


def is_allowed(value: str) -> bool:
    """Tell whether operation data can carry a value: no control character but the line feed."""
    return _CONTROL.search(value) is None


def fill(template: str, parameters: Mapping[str, str]) -> str:
    """Put parameter values into a data template.

    A value is one text in one field: what separates fields is escaped, and a placeholder inside of
    a value stays what it is. A name without a value leaves its default or the placeholder.
    """
    return expand(template, {name: escape(value) for name, value in parameters.items()})


def escape(value: str) -> str:
    """Write a value so that it cannot end its field."""
    return value.translate(_ESCAPES)
