"""Values of requests: integration-api.md 1.2.

Every member of a request may be absent or null, which is the same: None. What a method needs, the
engine decides. A value of another JSON type is a malformed request; a value of the right type that
no rule foresees (Base64 that is none, a null inside a list or map) is an invalid one (1.3).
"""

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from rest_framework.fields import Field

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration import durations
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import ProtocolError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)", flags=re.ASCII
)

T = TypeVar("T")


class OptionalField(Field[Any, Any, Any, Any]):
    """A member of a request; absent and null are None.

    Subclasses convert any other value, and call `self.fail("type")` for one of a wrong type.
    """

    default_error_messages = {"type": "Wrong type of value."}

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, default=None)

    def to_representation(self, value: Any) -> Any:
        return value


class Text(OptionalField):
    """A JSON string, exactly as it is."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("type")
        return data


class Number(OptionalField):
    """A JSON number without a fraction, of 64 bits."""

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("type")
        return data


class Flag(OptionalField):
    """A JSON boolean."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("type")
        return data


class FlexibleDateTime(OptionalField):
    """A time: ISO-8601 text with an offset, or milliseconds since 1970 as a JSON number.

    A number beyond the years 1 to 9999 means the first or the last moment of them: callers say
    `from the beginning` and `for ever` so.
    """

    def to_internal_value(self, data: object) -> datetime:
        if isinstance(data, int) and not isinstance(data, bool):
            return _from_milliseconds(data)
        if not isinstance(data, str) or not _TIME.fullmatch(data):
            self.fail("type")
        try:
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("type")


def _from_milliseconds(number: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return _EARLIEST if number < 0 else _LATEST


class Duration(OptionalField):
    """A duration: ISO-8601 text such as `PT2.5S` or `P30D`, or seconds as a JSON number."""

    def to_internal_value(self, data: object) -> timedelta:
        duration = None
        if isinstance(data, str):
            duration = durations.parse(data)
        elif isinstance(data, int | float) and not isinstance(data, bool):
            duration = _from_seconds(data)
        if duration is None:
            self.fail("type")
        return duration


def _from_seconds(number: float) -> timedelta | None:
    try:
        return timedelta(seconds=number)
    except OverflowError:
        return None


class EnumField(OptionalField):
    """A name of an enum, in upper case and case-sensitive; the member is what callers get."""

    def __init__(self, enum: type[Enum]) -> None:
        self._members = self.named(enum)
        super().__init__()

    def named(self, enum: type[Enum]) -> dict[str, Enum]:
        """Give the members by their text on the wire."""
        return {member.name: member for member in enum}

    def to_internal_value(self, data: object) -> Enum:
        if not isinstance(data, str) or data not in self._members:
            self.fail("type")
        return self._members[data]


class WireEnumField(EnumField):
    """A text of an enum whose values are what the wire carries, such as `powerauth`."""

    def named(self, enum: type[Enum]) -> dict[str, Enum]:
        return {str(member.value): member for member in enum}


class Binary(OptionalField):
    """Bytes as Base64.

    Raises:
        EngineRefusal: INVALID_REQUEST for a text that is not Base64.
    """

    def to_internal_value(self, data: object) -> bytes:
        if not isinstance(data, str):
            self.fail("type")
        try:
            return b64d(data)
        except ProtocolError as error:
            raise EngineRefusal(ErrorCode.INVALID_REQUEST) from error


class ListOf(OptionalField):
    """A JSON array of values of one kind.

    Raises:
        EngineRefusal: INVALID_REQUEST for a null in it.
    """

    def __init__(self, element: OptionalField) -> None:
        self._element = element
        super().__init__()

    def to_internal_value(self, data: object) -> list[Any]:
        if not isinstance(data, list):
            self.fail("type")
        return [self._element.to_internal_value(_present(value)) for value in data]


class TextList(ListOf):
    """A JSON array of strings; see `ListOf`."""

    def __init__(self) -> None:
        super().__init__(Text())


class TextMap(OptionalField):
    """A JSON object of strings.

    Raises:
        EngineRefusal: INVALID_REQUEST for a null value in it.
    """

    def to_internal_value(self, data: object) -> dict[str, str]:
        if not isinstance(data, dict):
            self.fail("type")
        text = Text()
        return {name: text.to_internal_value(_present(value)) for name, value in data.items()}


class AnyValue(OptionalField):
    """Whatever JSON value."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class AnyMap(OptionalField):
    """A JSON object of whatever values."""

    def to_internal_value(self, data: object) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("type")
        return data


def _present(value: T | None) -> T:
    if value is None:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    return value
