"""What the mobile operation endpoints read: mobile-token-api.md 4.

Explicit null means absent, unknown members are ignored, and no value is converted: the text of an
operation has to arrive as it was sent.
"""

from typing import Any

from rest_framework import serializers

from enrollment_server.api.json import dump_json

ID_LENGTH = 256  # characters
OTP_LENGTH = 255  # characters
REASON_LENGTH = 255  # characters
MOBILE_TOKEN_DATA_SIZE = 64 * 1024  # bytes of JSON


class TextField(serializers.Field[str, Any, str, Any]):
    """A JSON string, exactly as it is.

    Args:
        required: refuse an absent one; otherwise absent and null are None.
        blank: accept text without anything in it.
        max_length: in characters; None for no limit.
    """

    default_error_messages = {"type": "Not a text.", "blank": "Blank.", "long": "Too long."}

    def __init__(
        self, *, required: bool = True, blank: bool = False, max_length: int | None = None
    ) -> None:
        self._blank = blank
        self._max_length = max_length
        if required:
            super().__init__()
        else:
            super().__init__(required=False, allow_null=True, default=None)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("type")
        if not self._blank and not data.strip():
            self.fail("blank")
        if self._max_length is not None and len(data) > self._max_length:
            self.fail("long")
        return data

    def to_representation(self, value: str) -> str:
        return value


class ObjectInput(serializers.Serializer[Any]):
    """The object of an endpoint without parameters."""


class OperationInput(ObjectInput):
    """The object that names one operation."""

    id = TextField(max_length=ID_LENGTH)


class ProximityInput(ObjectInput):
    """A scanned one-time password. Its `type` and times are hints that nothing depends on."""

    otp = TextField(max_length=OTP_LENGTH)


def _check_size(value: object) -> None:
    if len(dump_json(value)) > MOBILE_TOKEN_DATA_SIZE:
        raise serializers.ValidationError("Too large.")


def _mobile_token_data() -> serializers.JSONField:
    return serializers.JSONField(
        required=False, allow_null=True, default=None, validators=[_check_size]
    )


class ApproveInput(OperationInput):
    """The object of an approval: mobile-token-api.md 4.6."""

    def get_fields(self) -> dict[str, Any]:
        return {
            **super().get_fields(),
            "data": TextField(blank=True),
            "proximityCheck": ProximityInput(required=False, allow_null=True, default=None),
            "mobileTokenData": _mobile_token_data(),
        }


class RejectInput(OperationInput):
    """The object of a rejection: mobile-token-api.md 4.7."""

    reason = TextField(required=False, blank=True, max_length=REASON_LENGTH)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "mobileTokenData": _mobile_token_data()}
