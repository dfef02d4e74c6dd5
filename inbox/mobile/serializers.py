"""What the mobile inbox endpoints read: mobile-token-api.md 10.

Explicit null means absent, and unknown members are ignored.
"""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from enrollment_server.api.payloads.fields import Text
from enrollment_server.api.payloads.scalars import is_blank, truth_of, whole_of

ID_LENGTH = 255  # characters


class WholeNumber(serializers.Field[int, Any, int, Any]):
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


class Switch(serializers.Field[bool, Any, bool, Any]):
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


class PageInput(serializers.Serializer[Any]):
    """Which part of the list is asked for."""

    page = WholeNumber("From 0.")
    size = WholeNumber(
        f"0 means {settings.INBOX_DEFAULT_PAGE_SIZE}; at most {settings.INBOX_MAX_PAGE_SIZE}."
    )
    onlyUnread = Switch("Leave out what was read.")  # noqa: N815


class MessageInput(serializers.Serializer[Any]):
    """The message that is asked for."""

    id = Text(max_length=ID_LENGTH)
