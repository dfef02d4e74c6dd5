"""Values of requests: integration-api.md 1.2.

Every member of a request may be absent or null, which is the same: None. What a method needs, the
engine decides. A scalar of another kind is converted as clients in Java rely on, see `scalars`. A
value of any other JSON type is a malformed request; a value of the right type that no rule foresees
(Base64 that is none, a null inside a list or map) is an invalid one (1.3). Either way the message
says what the value has to be, and nothing of what it is.
"""

from enum import Enum
from typing import Any, NoReturn

from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field

from enrollment_server.api.payloads.exact_numbers import TooManyDigits
from enrollment_server.api.payloads.fields import MAX_SIZE
from enrollment_server.api.payloads.json import stored_size
from enrollment_server.api.payloads.scalars import is_blank, text_of, truth_of, whole_of
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import ProtocolError

MALFORMED = "type"  # a value of another type: the request as a whole is malformed
INVALID = "rule"  # a value of the right type that breaks a rule


def refuse(rule: str, code: str = MALFORMED) -> NoReturn:
    """Refuse a value.

    Args:
        rule: what a value of this member has to be, such as `must be a text`.
        code: `MALFORMED` or `INVALID`.
    """
    raise ValidationError(rule, code=code)


class OptionalField(Field[Any, Any, Any, Any]):
    """A member of a request; absent and null are None.

    Subclasses convert any other value, and call `refuse` for one that they cannot take. Where
    `blank_is_null`, a text of nothing is None as well.

    Args:
        needed: the method cannot do without the member. The engine is who refuses; the document of
            the API says it.
        help_text: what the document says of the member.
    """

    blank_is_null = False

    def __init__(self, *, needed: bool = False, help_text: str | None = None) -> None:
        self.needed = needed
        super().__init__(required=False, allow_null=True, default=None, help_text=help_text)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if self.blank_is_null and is_blank(data):
            return True, None
        return super().validate_empty_values(data)

    def to_representation(self, value: Any) -> Any:
        return value


class Text(OptionalField):
    """A text, exactly as it is."""

    def to_internal_value(self, data: object) -> str:
        text = text_of(data)
        if text is None:
            refuse("must be a text")
        return text


class Number(OptionalField):
    """A number without a fraction, of 64 bits."""

    blank_is_null = True

    def to_internal_value(self, data: object) -> int:
        number = whole_of(data)
        if number is None:
            refuse("must be a whole number of 64 bits")
        return number


class Flag(OptionalField):
    """A boolean."""

    blank_is_null = True

    def to_internal_value(self, data: object) -> bool:
        truth = truth_of(data)
        if truth is None:
            refuse("must be true or false")
        return truth


class EnumField(OptionalField):
    """A name of an enum, in upper case and case-sensitive; the member is what callers get.

    The number of a name is not taken for it, as Java would: it would mean another one next year.
    """

    def __init__(self, enum: type[Enum], *, needed: bool = False) -> None:
        self.members = self.named(enum)
        super().__init__(needed=needed)

    def named(self, enum: type[Enum]) -> dict[str, Enum]:
        """Give the members by their text on the wire."""
        return {member.name: member for member in enum}

    def to_internal_value(self, data: object) -> Enum:
        if not isinstance(data, str) or data not in self.members:
            refuse(f"must be one of {', '.join(self.members)}")
        return self.members[data]


class WireEnumField(EnumField):
    """A text of an enum whose values are what the wire carries, such as `powerauth`."""

    def named(self, enum: type[Enum]) -> dict[str, Enum]:
        return {str(member.value): member for member in enum}


class Binary(OptionalField):
    """Bytes as Base64."""

    def to_internal_value(self, data: object) -> bytes:
        text = text_of(data)
        if text is None:
            refuse("must be a text")
        try:
            return b64d(text)
        except ProtocolError:
            refuse("must be Base64", INVALID)


class ListOf(OptionalField):
    """A JSON array of values of one kind, none of them null."""

    def __init__(self, element: OptionalField, *, needed: bool = False) -> None:
        self.element = element
        super().__init__(needed=needed)

    def to_internal_value(self, data: object) -> list[Any]:
        if not isinstance(data, list):
            refuse("must be a list")
        return [_within(index, self.element, value) for index, value in enumerate(data)]


class TextList(ListOf):
    """A JSON array of texts; see `ListOf`."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(Text(), needed=needed)


class TextMap(OptionalField):
    """A JSON object of texts, none of them null."""

    def to_internal_value(self, data: object) -> dict[str, str]:
        if not isinstance(data, dict):
            refuse("must be an object")
        text = Text()
        return {name: _within(name, text, value) for name, value in data.items()}


def _within(place: int | str, element: OptionalField, value: Any) -> Any:
    """Convert one value of a list or a map, and say where it stands if it is refused."""
    try:
        if value is None:
            refuse("must not be null", INVALID)
        return element.to_internal_value(value)
    except ValidationError as error:
        raise ValidationError({place: error.detail}) from error  # type: ignore[dict-item]


class AnyValue(OptionalField):
    """Whatever JSON value, kept to the last digit."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            if stored_size(data) > MAX_SIZE:
                refuse(f"must not be longer than {MAX_SIZE} bytes", INVALID)
        except TooManyDigits:
            refuse("must not have numbers of more than 1000 digits", INVALID)
        return data


class AnyMap(AnyValue):
    """A JSON object of whatever values; see `AnyValue`."""

    def to_internal_value(self, data: object) -> dict[str, Any]:
        if not isinstance(data, dict):
            refuse("must be an object")
        members: dict[str, Any] = super().to_internal_value(data)
        return members
