"""A PowerAuth Server elsewhere, called by its `/rest/v3`: integration-api.md 7.1."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from activation.spawn.values import IssuedActivation, NewActivation
from powerauth.remote import applications, new_activations


class RemoteBackend:
    """Implements `base.ActivationBackend`."""

    def create(
        self,
        activation: NewActivation,
        *,
        at: datetime,
        record: Callable[[IssuedActivation], None],
    ) -> IssuedActivation:
        made = new_activations.spawn(
            {
                "userId": activation.user_id,
                "applicationId": activation.application_id,
                "activationOtpValidation": "ON_KEY_EXCHANGE",
                "activationOtp": activation.otp,
                "flags": list(activation.flags),
            },
            application_id=activation.application_id,
            parent_activation_id=activation.parent_activation_id,
        )
        issued = IssuedActivation(
            activation_id=made.activation_id,
            application_id=activation.application_id,
            code=made.code,
            signature=made.signature,
        )
        record(issued)
        return issued

    def configuration(self, application_id: str, key: str) -> list[Any]:
        return applications.configuration(application_id, key)
