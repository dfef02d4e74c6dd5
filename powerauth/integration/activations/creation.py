"""Activations without a code: integration-api.md 7.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import key_exchange
from powerauth.engine.activations.key_exchange import CreateRequest
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import PreparedActivation, prepared_activation
from powerauth.integration.cryptography.inputs import EnvelopeInput, encrypted_call, require
from powerauth.integration.inputs.fields import Flag, Number, Text
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.words import method
from powerauth.protocol.v3.encryption import Encryptor


class CreateInput(EnvelopeInput):
    """Whose activation, and layer 2 of its key exchange; this server makes no recovery codes."""

    user_id = Text()
    timestamp_activation_expire = FlexibleDateTime()
    generate_recovery_codes = Flag()
    max_failure_count = Number()
    activation_otp = Text()
    protocol_version = Text(needed=True)


class CreateView(IntegrationView):
    """`activation/create`."""

    endpoint = method(
        "Activations",
        "Exchange keys with the phone of a user who is already known",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ALGORITHM_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.NO_MASTER_KEY_PAIR,
        ErrorCode.NO_ACTIVATION_CODE_LEFT,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.INPUT_FORMAT,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.DECRYPTION_FAILED,
        ErrorCode.ACTIVATION_PROPERTIES,
        ErrorCode.TEMPORARY_KEY_MISSING,
        description=(
            "Creates and prepares an activation in one step; it then waits for its commit, at "
            "which `activationOtp` is due if there is one."
        ),
        request={"userId": "alice", "maxFailureCount": 5, **examples.VERSIONED_ENVELOPE},
        example=examples.PREPARED_ACTIVATION,
    )
    input_class = CreateInput
    changes = Changes(kind=ACTIVATION, made="activationId")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> PreparedActivation:
        require(body, "application_key")
        request = CreateRequest(
            user_id=body["user_id"],
            call=encrypted_call(
                body,
                Encryptor.ACTIVATION_LAYER_2,
                tree=self.tree,
                version=body["protocol_version"],
                activation_id=None,
            ),
            expires_at=body["timestamp_activation_expire"],
            max_failed_attempts=body["max_failure_count"],
            otp=body["activation_otp"],
        )
        return prepared_activation(key_exchange.create(request, at=at))
