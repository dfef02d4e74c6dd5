"""Members of JSON payloads, taken exactly as they are written."""

from typing import Any

from rest_framework.serializers import CharField, DictField


class Text(CharField):
    """A JSON text: a number is none, nothing is trimmed, and white space alone is blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if not self.allow_blank and not data.strip():
            self.fail("blank")
        return super().to_internal_value(data)


class Members(DictField):
    """A JSON object with free members."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        return super().to_internal_value(data)


class TextMembers(Members):
    """A JSON object with free names and texts; a member that is null counts as absent."""

    child = Text(allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if value is not None}
        return super().to_internal_value(data)
