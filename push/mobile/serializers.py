"""What the registration endpoints read: mobile-token-api.md 8."""

from typing import Any

from rest_framework import serializers

from enrollment_server.api.payloads.fields import Text
from push.models import TOKEN_LENGTH, Environment, Platform
from push.platforms import PLATFORMS


class RegisterInput(serializers.Serializer[Any]):
    """A device; validated, `platform` is normalized and an absent `environment` is empty."""

    platform = serializers.ChoiceField(
        choices=sorted(PLATFORMS),
        help_text="`ios` and `apns`, `android` and `fcm`, `huawei` and `hms` are the same.",
    )
    token = Text(
        max_length=TOKEN_LENGTH, help_text="The provider's address of the app on this device."
    )
    environment = serializers.ChoiceField(
        choices=Environment.values,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of Apple's service; without meaning for the others.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        platform = PLATFORMS[attrs["platform"]]
        # Only Apple has two hosts; what other apps send here means nothing.
        environment = attrs["environment"] if platform is Platform.APNS else None
        return {
            "platform": platform.value,
            "token": attrs["token"],
            "environment": environment or "",
        }
