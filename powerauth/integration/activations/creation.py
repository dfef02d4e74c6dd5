"""Activations without a code: integration-api.md 7.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import key_exchange
from powerauth.engine.activations.key_exchange import CreateRequest
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.cryptography.answers import PreparedActivation, prepared_activation
from powerauth.integration.cryptography.inputs import EnvelopeInput, encrypted_call, require
from powerauth.integration.fields import Flag, FlexibleDateTime, Number, Text
from powerauth.protocol.v3.encryption import Encryptor


class CreateInput(EnvelopeInput):
    """Whose activation, and layer 2 of its key exchange; this server makes no recovery codes."""

    user_id = Text()
    timestamp_activation_expire = FlexibleDateTime()
    generate_recovery_codes = Flag()
    max_failure_count = Number()
    activation_otp = Text()
    protocol_version = Text()


class CreateView(IntegrationView):
    """`activation/create`."""

    input_class = CreateInput
    changes = Changes(kind=ACTIVATION, made="activationId")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> PreparedActivation:
        require(body, "application_key")
        request = CreateRequest(
            user_id=body["user_id"],
            call=encrypted_call(
                body,
                Encryptor.ACTIVATION_LAYER_2,
                version=body["protocol_version"],
                activation_id=None,
            ),
            expires_at=body["timestamp_activation_expire"],
            max_failed_attempts=body["max_failure_count"],
            otp=body["activation_otp"],
        )
        return prepared_activation(key_exchange.create(request, at=at))
