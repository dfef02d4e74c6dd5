"""The PowerAuth Server inside this process: the engine on our own database."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from activation.spawn.values import IssuedActivation, NewActivation
from powerauth.engine.activations import activation_init, signed_codes
from powerauth.engine.activations.activation_init import InitRequest
from powerauth.engine.applications import application_config
from powerauth.models import OtpValidation, TransferType


class EmbeddedBackend:
    """Implements `base.ActivationBackend`."""

    @transaction.atomic
    def create(
        self,
        activation: NewActivation,
        *,
        at: datetime,
        record: Callable[[IssuedActivation], None],
    ) -> IssuedActivation:
        request = InitRequest(
            user_id=activation.user_id,
            application_id=activation.application_id,
            otp=activation.otp,
            otp_validation=OtpValidation.ON_KEY_EXCHANGE,
            flags=list(activation.flags),
            parent_activation_id=activation.parent_activation_id,
            transfer_type=TransferType.SPAWN,
        )
        made = activation_init.init(request, at=at)
        issued = IssuedActivation(
            activation_id=str(made.activation.id),
            application_id=activation.application_id,
            code=made.activation_code,
            signature=signed_codes.scanned(made.activation_signatures, activation.application_id),
        )
        record(issued)
        return issued

    def configuration(self, application_id: str, key: str) -> list[Any]:
        return application_config.values_of(application_id, key)
