"""Encrypted requests: integration-api.md 7.2, 9.1 and 9.2."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine.activations import key_exchange
from powerauth.engine.encryption import decryptor, temporary_keys
from powerauth.engine.generations import choice
from powerauth.engine.generations.values import EnvelopeParameters
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import PreparedActivation, prepared_activation
from powerauth.integration.cryptography.inputs import (
    CompleteInput,
    EnvelopeInput,
    encrypted_call,
    require,
)
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Binary, Flag, Number, Text
from powerauth.integration.words import method
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor

_TAG = "Encryption"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.ACTIVATION_NOT_FOUND
_OPENING = (ErrorCode.TEMPORARY_KEY_MISSING, ErrorCode.DECRYPTION_FAILED)


class PrepareInput(EnvelopeInput):
    """Layer 2 of a key exchange; this server makes no recovery codes."""

    activation_code = Text(needed=True)
    generate_recovery_codes = Flag()
    protocol_version = Text(needed=True)


class DecryptorInput(Input):
    """What is known of an encrypted request without its content."""

    activation_id = Text()
    application_key = Text(needed=True)
    temporary_key_id = Text()
    ephemeral_public_key = Binary(needed=True)
    nonce = Binary()
    timestamp = Number()
    protocol_version = Text()


class CreateKeyInput(CompleteInput):
    """A request that a phone has signed."""

    jwt = Text(needed=True)


class RemoveKeyInput(CompleteInput):
    """Which temporary key."""

    id = Text(needed=True)


class EnvelopeSecrets(TypedDict):
    """What opens one request and seals its answer."""

    secretKey: Annotated[Base64, Shape("48 bytes: encryption, MAC and IV key.")]
    sharedInfo2: Annotated[Base64, Shape("32 bytes that every MAC depends on.")]


class TemporaryKeyAnswer(TypedDict):
    """A temporary key, signed."""

    jwt: str


class RemovedTemporaryKey(TypedDict):
    """A temporary key that is there no more."""

    id: str
    removed: bool


class PrepareView(IntegrationView):
    """`activation/prepare`."""

    endpoint = method(
        "Activations",
        "Exchange keys with the phone that has an activation code",
        _INVALID,
        ErrorCode.ALGORITHM_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        _UNKNOWN,
        *_OPENING,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.NO_MASTER_KEY_PAIR,
        ErrorCode.INPUT_FORMAT,
        ErrorCode.INVALID_OTP,
        request={"activationCode": "AAAAA-BBBBB-CCCCC-DDDDD", **examples.VERSIONED_ENVELOPE},
        example=examples.PREPARED_ACTIVATION,
    )
    input_class = PrepareInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> PreparedActivation:
        require(body, "activation_code", "application_key")
        prepared = key_exchange.prepare(
            code=body["activation_code"],
            call=encrypted_call(
                body,
                Encryptor.ACTIVATION_LAYER_2,
                tree=self.tree,
                version=body["protocol_version"],
                activation_id=None,
            ),
            custom_attributes={},
            at=at,
        )
        return prepared_activation(prepared)


class DecryptorView(IntegrationView):
    """`ecies/decryptor`."""

    endpoint = method(
        _TAG,
        "Give the keys of a request that the caller decrypts itself",
        _INVALID,
        ErrorCode.VERSION_NOT_SUPPORTED,
        _UNKNOWN,
        ErrorCode.ACTIVATION_STATE,
        ErrorCode.APPLICATION_NOT_FOUND,
        *_OPENING,
        ErrorCode.NO_MASTER_KEY_PAIR,
        description="Once for each request. Without `activationId`: in application scope.",
        request={
            "activationId": examples.ACTIVATION_ID,
            **examples.PARAMETERS,
            "protocolVersion": "3.3",
        },
        example={
            "secretKey": "bm90IGEgcmVhbCBrZXkgYnV0IGZvcnR5LWVpZ2h0IGJ5dGVzIG9mIHRleHQsIG9r",
            "sharedInfo2": examples.MAC,
        },
    )
    input_class = DecryptorInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EnvelopeSecrets:
        require(body, "application_key", "ephemeral_public_key")
        parameters = EnvelopeParameters(
            application_key=body["application_key"],
            ephemeral_public_key=body["ephemeral_public_key"],
            version=body["protocol_version"],
            activation_id=body["activation_id"],
            temporary_key_id=body["temporary_key_id"],
            nonce=body["nonce"],
            timestamp=body["timestamp"],
        )
        found = decryptor.secrets_of(parameters, at=at)
        return {
            "secretKey": b64(found.envelope_key),
            "sharedInfo2": b64(found.shared_info2_base),
        }


class CreateKeyView(IntegrationView):
    """`keystore/create`; request and answer are signed inside."""

    endpoint = method(
        _TAG,
        "Create a temporary key",
        _INVALID,
        ErrorCode.ALGORITHM_NOT_SUPPORTED,
        ErrorCode.VERSION_NOT_SUPPORTED,
        _UNKNOWN,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.NO_MASTER_KEY_PAIR,
        request=examples.JWT,
        example=examples.JWT,
    )
    input_class = CreateKeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> TemporaryKeyAnswer:
        generation = choice.GENERATIONS[self.tree]
        return {"jwt": temporary_keys.create(body["jwt"], generation=generation, at=at)}


class RemoveKeyView(IntegrationView):
    """`keystore/remove`."""

    endpoint = method(
        _TAG,
        "Remove a temporary key",
        _INVALID,
        request={"id": examples.KEY_ID},
        example={"id": examples.KEY_ID, "removed": True},
    )
    input_class = RemoveKeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RemovedTemporaryKey:
        temporary_keys.remove(body["id"])
        return {"id": body["id"], "removed": True}
