"""What the mobile inbox endpoints read: mobile-token-api.md 10.

Explicit null means absent, unknown members are ignored, and no value is converted.
"""

from typing import Any

from rest_framework import serializers

from enrollment_server.api.fields import Text

ID_LENGTH = 255  # characters


class WholeNumber(serializers.Field[int, Any, int, Any]):
    """A JSON number from 0 on, without a fraction; 0 if absent or null."""

    default_error_messages = {"type": "Not a whole number.", "negative": "Negative."}

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, default=0)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, 0) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("type")
        if data < 0:
            self.fail("negative")
        return data

    def to_representation(self, value: int) -> int:
        return value


class Switch(serializers.Field[bool, Any, bool, Any]):
    """A JSON boolean; false if absent or null."""

    default_error_messages = {"type": "Not a boolean."}

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, default=False)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, False) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("type")
        return data

    def to_representation(self, value: bool) -> bool:
        return value


class NoInput(serializers.Serializer[Any]):
    """The object of an endpoint without parameters."""


class PageInput(serializers.Serializer[Any]):
    """Which part of the list is asked for."""

    page = WholeNumber()
    size = WholeNumber()
    onlyUnread = Switch()  # noqa: N815


class MessageInput(serializers.Serializer[Any]):
    """The message that is asked for."""

    id = Text(max_length=ID_LENGTH)
