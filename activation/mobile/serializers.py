"""What the endpoints of this app read: mobile-token-api.md 9.2 and 11.1."""

from typing import Any

from rest_framework import serializers

from activation import policy
from activation.spawn.values import ID_LENGTH
from enrollment_server.api.payloads.fields import Text


def _long_enough(otp: str) -> None:
    if len(otp) < policy.min_otp_length():
        raise serializers.ValidationError("Too short.")


class SpawnInput(serializers.Serializer[Any]):
    """The object that asks for an activation code."""

    applicationId = Text(  # noqa: N815 - wire name
        max_length=ID_LENGTH, help_text="What the caller knows the other application by."
    )
    otp = Text(
        max_length=policy.MAX_OTP_LENGTH,
        validators=[_long_enough],
        help_text="To be given again when the code is used.",
    )


class ProviderInput(serializers.Serializer[Any]):
    """The object that names an OIDC provider; it stands in the body without an envelope."""

    providerId = Text()  # noqa: N815 - wire name
