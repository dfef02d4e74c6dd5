"""Values of query parameters, which are texts: push-and-inbox.md 7.1.

An absent parameter is None, as in `fields`; so is an empty one, for a number or a flag.
"""

import re
from typing import Any

from django.http import QueryDict

from powerauth.integration.fields import Flag, Number, TextList

_NUMBER = re.compile(r"-?\d{1,18}", flags=re.ASCII)
_FLAGS = {"true": True, "false": False}


class QueryNumber(Number):
    """Decimal digits."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(_given(data))

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, str) or not _NUMBER.fullmatch(data):
            self.fail("type")
        return int(data)


class QueryFlag(Flag):
    """`true` or `false`."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(_given(data))

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, str) or data.lower() not in _FLAGS:
            self.fail("type")
        return _FLAGS[data.lower()]


class QueryTextList(TextList):
    """Texts with commas in between; an empty parameter is an empty list."""

    def to_internal_value(self, data: object) -> list[str]:
        if not isinstance(data, str):
            self.fail("type")
        return [text for text in data.split(",") if text]


def members(parameters: QueryDict) -> dict[str, str]:
    """Give each parameter once; the values of a repeated one are joined by commas."""
    return {name: ",".join(map(str, values)) for name, values in parameters.lists()}


def _given(text: Any) -> Any:
    return None if text == "" else text
