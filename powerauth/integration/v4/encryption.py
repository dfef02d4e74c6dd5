"""`encryptor`: the key of a request that the caller decrypts itself. Source: protocol-4.md 34.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine.activations import activations
from powerauth.engine.encryption import decryptor
from powerauth.engine.generations.values import EnvelopeParameters
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography.inputs import CompleteInput
from powerauth.integration.inputs.fields import Binary, EnumField, ListOf, Number, Text
from powerauth.integration.v4 import examples
from powerauth.integration.words import method
from powerauth.models import ActivationState
from powerauth.protocol.encoding import b64
from powerauth.protocol.versions import GENERATION_4


class EncryptorInput(CompleteInput):
    """What is known of an encrypted request without its content."""

    application_key = Text(needed=True)
    temporary_key_id = Text(needed=True)
    nonce = Binary(needed=True)
    timestamp = Number(needed=True)
    protocol_version = Text(needed=True)
    activation_id = Text()
    allowed_states = ListOf(EnumField(ActivationState))


class RequestSecrets(TypedDict):
    """What opens one request and seals its answer."""

    secretKey: Annotated[Base64, Shape("The temporary key, 32 bytes.")]
    sharedInfo2: Annotated[Base64, Shape("32 bytes that the associated data depend on.")]


class EncryptorView(IntegrationView):
    """`encryptor`."""

    endpoint = method(
        "Encryption",
        "Give the key of a request that the caller decrypts itself",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.TEMPORARY_KEY_MISSING,
        ErrorCode.DECRYPTION_FAILED,
        description="Once for each request. Without `activationId`: in application scope. "
        "`allowedStates` are those of the activation, `ACTIVE` alone if there are none; an "
        "endpoint for the status allows all in which a phone asks for it.",
        request={
            **{name: examples.SEALED[name] for name in examples.PARAMETERS},
            "activationId": examples.ACTIVATION_ID,
            "allowedStates": ["ACTIVE", "BLOCKED"],
        },
        example=RequestSecrets(secretKey=examples.SECRET, sharedInfo2=examples.SECRET),
    )
    tree = 4
    input_class = EncryptorInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RequestSecrets:
        parameters = EnvelopeParameters(
            application_key=body["application_key"],
            ephemeral_public_key=None,
            version=body["protocol_version"],
            activation_id=body["activation_id"],
            temporary_key_id=body["temporary_key_id"],
            nonce=body["nonce"],
            timestamp=body["timestamp"],
            generations=GENERATION_4,
        )
        admitted = body["allowed_states"] or activations.ONLY_ACTIVE
        found = decryptor.secrets_of(parameters, at=at, admitted=admitted)
        return {
            "secretKey": b64(found.envelope_key),
            "sharedInfo2": b64(found.shared_info2_base),
        }
