"""Members of JSON payloads of phones, which may name a scalar of another kind: see `scalars`."""

from typing import Any

from rest_framework.serializers import CharField, DictField, Field

from enrollment_server.api.payloads.exact_numbers import TooManyDigits
from enrollment_server.api.payloads.json import stored_size
from enrollment_server.api.payloads.scalars import is_blank, text_of, truth_of, whole_of

MAX_SIZE = 1024 * 1024  # bytes of free members, without exponents


class Text(CharField):
    """A text: nothing is trimmed, and white space alone is blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = text_of(data)
        if text is None:
            self.fail("invalid")
        if not self.allow_blank and not text.strip():
            self.fail("blank")
        return super().to_internal_value(text)


class WholeNumber(Field[int, Any, int, Any]):
    """A number from 0 on, without a fraction; 0 if absent, null or blank."""

    default_error_messages = {"type": "Not a whole number.", "negative": "Negative."}

    def __init__(self, help_text: str) -> None:
        super().__init__(required=False, allow_null=True, default=0, help_text=help_text)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, 0) if data is None or is_blank(data) else super().validate_empty_values(data)

    def to_internal_value(self, data: object) -> int:
        number = whole_of(data)
        if number is None:
            self.fail("type")
        if number < 0:
            self.fail("negative")
        return number

    def to_representation(self, value: int) -> int:
        return value


class Switch(Field[bool, Any, bool, Any]):
    """A truth; false if absent, null or blank."""

    default_error_messages = {"type": "Not a boolean."}

    def __init__(self, help_text: str) -> None:
        super().__init__(required=False, allow_null=True, default=False, help_text=help_text)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        nothing = data is None or is_blank(data)
        return (True, False) if nothing else super().validate_empty_values(data)

    def to_internal_value(self, data: object) -> bool:
        truth = truth_of(data)
        if truth is None:
            self.fail("type")
        return truth

    def to_representation(self, value: bool) -> bool:
        return value


def _fits(value: Any, max_size: int) -> bool:
    try:
        return stored_size(value) <= max_size
    except TooManyDigits:
        return False


class Members(DictField):
    """A JSON object with free members, whose numbers keep all their digits."""

    default_error_messages = {"size": "Too large."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        if not _fits(data, MAX_SIZE):
            self.fail("size")
        return super().to_internal_value(data)


class TextMembers(Members):
    """A JSON object with free names and texts; a member that is null counts as absent."""

    child = Text(allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
        return super().to_internal_value(data)


class Anything(Field[Any, Any, Any, Any]):
    """Any JSON value, kept to the last digit.

    Args:
        max_size: bytes of its JSON, without exponents.
    """

    default_error_messages = {"size": "Too large."}

    def __init__(self, *, max_size: int, **kwargs: Any) -> None:
        self.max_size = max_size
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not _fits(data, self.max_size):
            self.fail("size")
        return data

    def to_representation(self, value: Any) -> Any:
        return value
