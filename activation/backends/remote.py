"""A PowerAuth Server elsewhere, called by its `/rest/v3`: integration-api.md 7.1."""

from datetime import datetime
from typing import Any

from activation.spawn.values import IssuedActivation, NewActivation
from powerauth.remote import activations, applications


class RemoteBackend:
    """Implements `base.ActivationBackend`."""

    def create(self, activation: NewActivation, *, at: datetime) -> IssuedActivation:
        made = activations.init(
            {
                "userId": activation.user_id,
                "applicationId": activation.application_id,
                "activationOtpValidation": "ON_KEY_EXCHANGE",
                "activationOtp": activation.otp,
                "flags": list(activation.flags),
            }
        )
        return IssuedActivation(
            activation_id=made.activation_id,
            application_id=activation.application_id,
            code=made.code,
            signature=made.signature,
        )

    def configuration(self, application_id: str, key: str) -> list[Any]:
        return applications.configuration(application_id, key)
