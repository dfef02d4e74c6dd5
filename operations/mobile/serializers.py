"""What the mobile operation endpoints read: mobile-token-api.md 4.

Explicit null means absent, unknown members are ignored, and no text is changed: that of an
operation has to arrive as it was sent.
"""

from typing import Any, ClassVar

from rest_framework import serializers

from enrollment_server.api.payloads.fields import Anything, Text

ID_LENGTH = 256  # characters
OTP_LENGTH = 255  # characters
REASON_LENGTH = 255  # characters
MOBILE_TOKEN_DATA_SIZE = 64 * 1024  # bytes of JSON


class OperationInput(serializers.Serializer[Any]):
    """The object that names one operation."""

    id = Text(max_length=ID_LENGTH)


class ProximityInput(serializers.Serializer[Any]):
    """A scanned one-time password, which an operation may ask for.

    Its `type` and times are hints that nothing depends on.
    """

    hints: ClassVar[dict[str, str]] = {
        "type": "`QR_CODE` or `DEEPLINK`; a hint.",
        "timestampReceived": "Date or milliseconds since 1970; a hint.",
        "timestampSent": "Date or milliseconds since 1970; a hint.",
    }
    otp = Text(
        required=False, allow_null=True, allow_blank=True, default=None, max_length=OTP_LENGTH
    )


def _mobile_token_data() -> Anything:
    return Anything(
        max_size=MOBILE_TOKEN_DATA_SIZE,
        required=False,
        allow_null=True,
        default=None,
        help_text="Anything; stored with the operation, up to 64 kB.",
    )


class ApproveInput(OperationInput):
    """The object of an approval: mobile-token-api.md 4.6."""

    def get_fields(self) -> dict[str, Any]:
        return {
            **super().get_fields(),
            "data": Text(allow_blank=True, help_text="As the operation had it."),
            "proximityCheck": ProximityInput(
                required=False,
                allow_null=True,
                default=None,
                help_text="What the app scanned, if the operation asks for it.",
            ),
            "mobileTokenData": _mobile_token_data(),
        }


class RejectInput(OperationInput):
    """The object of a rejection: mobile-token-api.md 4.7."""

    reason = Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        default=None,
        max_length=REASON_LENGTH,
        help_text="`UNKNOWN`, `INCORRECT_DATA`, `UNEXPECTED_OPERATION`, or a text.",
    )

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "mobileTokenData": _mobile_token_data()}
