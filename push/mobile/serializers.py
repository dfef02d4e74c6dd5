"""What the registration endpoints read: mobile-token-api.md 8."""

from typing import Any

from rest_framework import serializers

from enrollment_server.api.payloads.fields import Text
from push.models import TOKEN_LENGTH, Environment, Platform
from push.platforms import PLATFORMS


class RegisterInput(serializers.Serializer[Any]):
    """A device; validated, `platform` is normalized and an absent `environment` is empty."""

    platform = serializers.ChoiceField(choices=sorted(PLATFORMS))
    token = Text(max_length=TOKEN_LENGTH)
    environment = serializers.ChoiceField(
        choices=Environment.values, required=False, allow_null=True, default=None
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
