"""Tokens: integration-api.md 9.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.signatures import tokens
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.cryptography import verdicts
from powerauth.integration.cryptography.answers import EncryptedAnswer, envelope
from powerauth.integration.cryptography.inputs import (
    EnvelopeInput,
    checked_version,
    encrypted_call,
    require,
)
from powerauth.integration.fields import Binary, EnumField, Number, Text
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import TokenHeader
from powerauth.protocol.v3.signature import SignatureType


class CreateInput(EnvelopeInput):
    """An encrypted request, and the factors that it was signed with."""

    activation_id = Text()
    signature_type = EnumField(SignatureType)
    protocol_version = Text()


class ValidateInput(Input):
    """What a phone sent in the header of its token."""

    token_id = Text()
    token_digest = Binary()
    nonce = Binary()
    protocol_version = Text()
    timestamp = Number()


class RemoveInput(Input):
    """Which token of which activation."""

    token_id = Text()
    activation_id = Text()


class CreateView(IntegrationView):
    """`token/create`."""

    input_class = CreateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EncryptedAnswer:
        require(body, "activation_id", "application_key", "signature_type")
        call = encrypted_call(
            body,
            Encryptor.CREATE_TOKEN,
            version=body["protocol_version"],
            activation_id=body["activation_id"],
        )
        return envelope(tokens.create(call, body["signature_type"], at=at).response)


class ValidateView(IntegrationView):
    """`token/validate`."""

    input_class = ValidateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "token_id", "token_digest", "nonce", "protocol_version", "timestamp")
        header = TokenHeader(
            token_id=body["token_id"],
            digest=body["token_digest"],
            nonce=body["nonce"],
            timestamp=body["timestamp"],
            version=checked_version(body["protocol_version"]),
        )
        return verdicts.token(tokens.validate(header, at=at))


class RemoveView(IntegrationView):
    """`token/remove`."""

    input_class = RemoveInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "token_id", "activation_id")
        return {"removed": tokens.remove(body["token_id"], activation_id=body["activation_id"])}
