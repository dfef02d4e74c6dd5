"""Tokens: integration-api.md 9.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from powerauth.engine.signatures import tokens
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples, verdicts
from powerauth.integration.cryptography.answers import EncryptedAnswer, envelope
from powerauth.integration.cryptography.inputs import (
    CompleteInput,
    EnvelopeInput,
    checked_version,
    encrypted_call,
    require,
)
from powerauth.integration.inputs.fields import Binary, EnumField, Number, Text
from powerauth.integration.words import method
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import TokenHeader
from powerauth.protocol.v3.signature import SignatureType

_TAG = "Tokens"


class CreateInput(EnvelopeInput):
    """An encrypted request, and the factors that it was signed with."""

    activation_id = Text(needed=True)
    signature_type = EnumField(SignatureType, needed=True)
    protocol_version = Text(needed=True)


class ValidateInput(CompleteInput):
    """What a phone sent in the header of its token."""

    token_id = Text(needed=True)
    token_digest = Binary(needed=True)
    nonce = Binary(needed=True)
    protocol_version = Text(needed=True)
    timestamp = Number(needed=True)


class RemoveInput(CompleteInput):
    """Which token of which activation."""

    token_id = Text(needed=True)
    activation_id = Text(needed=True)


class TokenRemoval(TypedDict):
    """Whether there was such a token."""

    removed: bool


class CreateView(IntegrationView):
    """`token/create`."""

    endpoint = method(
        _TAG,
        "Create a token",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.TEMPORARY_KEY_MISSING,
        ErrorCode.DECRYPTION_FAILED,
        request={
            "activationId": examples.ACTIVATION_ID,
            **examples.VERSIONED_ENVELOPE,
            "signatureType": "POSSESSION",
        },
        example=examples.ENCRYPTED_ANSWER,
    )
    input_class = CreateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EncryptedAnswer:
        require(body, "activation_id", "application_key", "signature_type")
        call = encrypted_call(
            body,
            Encryptor.CREATE_TOKEN,
            tree=self.tree,
            version=body["protocol_version"],
            activation_id=body["activation_id"],
        )
        return envelope(tokens.create(call, body["signature_type"], at=at).response)


class ValidateView(IntegrationView):
    """`token/validate`."""

    endpoint = method(
        _TAG,
        "Validate the digest of a token",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.TIMESTAMP_TOO_OLD,
        ErrorCode.TIMESTAMP_IN_FUTURE,
        request={
            "tokenId": examples.KEY_ID,
            "tokenDigest": examples.MAC,
            "nonce": examples.NONCE,
            "protocolVersion": "3.3",
            "timestamp": examples.TIMESTAMP,
        },
        example={"tokenValid": True, **examples.SIGNER},
    )
    input_class = ValidateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> verdicts.TokenVerdict:
        header = TokenHeader(
            token_id=body["token_id"],
            digest=body["token_digest"],
            nonce=body["nonce"],
            timestamp=body["timestamp"],
            version=checked_version(body["protocol_version"], tree=self.tree),
        )
        return verdicts.token(tokens.validate(header, at=at))


class RemoveView(IntegrationView):
    """`token/remove`."""

    endpoint = method(
        _TAG,
        "Remove a token",
        ErrorCode.INVALID_REQUEST,
        request={"tokenId": examples.KEY_ID, "activationId": examples.ACTIVATION_ID},
        example={"removed": True},
    )
    input_class = RemoveInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> TokenRemoval:
        return {"removed": tokens.remove(body["token_id"], activation_id=body["activation_id"])}
