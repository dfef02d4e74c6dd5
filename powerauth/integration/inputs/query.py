"""Values of query parameters, which are texts: push-and-inbox.md 7.1.

An absent parameter is None, as in `fields`; so is an empty one, for a number or a flag.
"""

import re

from django.http import QueryDict

from powerauth.integration.inputs.fields import Flag, Number, TextList, refuse

_NUMBER = re.compile(r"-?\d{1,18}", flags=re.ASCII)
_FLAGS = {"true": True, "false": False}


class QueryNumber(Number):
    """Decimal digits."""

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, str) or not _NUMBER.fullmatch(data):
            refuse("must be a whole number")
        return int(data)


class QueryFlag(Flag):
    """`true` or `false`."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, str) or data.lower() not in _FLAGS:
            refuse("must be true or false")
        return _FLAGS[data.lower()]


class QueryTextList(TextList):
    """Texts with commas in between; an empty parameter is an empty list."""

    def to_internal_value(self, data: object) -> list[str]:
        if not isinstance(data, str):
            refuse("must be a list")
        return [text for text in data.split(",") if text]


def members(parameters: QueryDict) -> dict[str, str]:
    """Give each parameter once; the values of a repeated one are joined by commas."""
    return {name: ",".join(map(str, values)) for name, values in parameters.lists()}
