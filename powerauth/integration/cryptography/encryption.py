"""Encrypted requests: integration-api.md 7.2, 9.1, 9.2 and 9.4."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import key_exchange, upgrade
from powerauth.engine.encryption import decryptor, temporary_keys
from powerauth.engine.encryption.decryptor import EnvelopeParameters
from powerauth.engine.signatures import vault
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.cryptography.answers import (
    PreparedActivation,
    UnlockedVault,
    envelope,
    prepared_activation,
)
from powerauth.integration.cryptography.inputs import (
    EnvelopeInput,
    checked_version,
    encrypted_call,
    require,
)
from powerauth.integration.fields import Binary, EnumField, Flag, Number, Text
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import SignedRequest


class PrepareInput(EnvelopeInput):
    """Layer 2 of a key exchange; this server makes no recovery codes."""

    activation_code = Text()
    generate_recovery_codes = Flag()
    protocol_version = Text()


class DecryptorInput(Input):
    """What is known of an encrypted request without its content."""

    activation_id = Text()
    application_key = Text()
    temporary_key_id = Text()
    ephemeral_public_key = Binary()
    nonce = Binary()
    timestamp = Number()
    protocol_version = Text()


class CreateKeyInput(Input):
    """A request that a phone has signed."""

    jwt = Text()


class RemoveKeyInput(Input):
    """Which temporary key."""

    id = Text()


class UnlockInput(EnvelopeInput):
    """An encrypted request with a signature over it."""

    activation_id = Text()
    signed_data = Text()
    signature = Text()
    signature_type = EnumField(SignatureType)
    signature_version = Text()


class StartUpgradeInput(EnvelopeInput):
    """An encrypted request of an activation."""

    activation_id = Text()
    protocol_version = Text()


class CommitUpgradeInput(Input):
    """Which activation, and its application."""

    activation_id = Text()
    application_key = Text()


class PrepareView(IntegrationView):
    """`activation/prepare`."""

    input_class = PrepareInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> PreparedActivation:
        require(body, "activation_code", "application_key")
        prepared = key_exchange.prepare(
            code=body["activation_code"],
            call=encrypted_call(
                body,
                Encryptor.ACTIVATION_LAYER_2,
                version=body["protocol_version"],
                activation_id=None,
            ),
            custom_attributes={},
            at=at,
        )
        return prepared_activation(prepared)


class DecryptorView(IntegrationView):
    """`ecies/decryptor`."""

    input_class = DecryptorInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
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

    input_class = CreateKeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "jwt")
        return {"jwt": temporary_keys.create(body["jwt"], at=at)}


class RemoveKeyView(IntegrationView):
    """`keystore/remove`."""

    input_class = RemoveKeyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "id")
        temporary_keys.remove(body["id"])
        return {"id": body["id"], "removed": True}


class UnlockView(IntegrationView):
    """`vault/unlock`."""

    input_class = UnlockInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UnlockedVault:
        require(body, "activation_id", "application_key", "signed_data")
        require(body, "signature", "signature_type", "signature_version")
        vault.require_allowed(body["signature_type"])
        call = encrypted_call(
            body,
            Encryptor.VAULT_UNLOCK,
            version=body["signature_version"],
            activation_id=body["activation_id"],
        )
        signed = SignedRequest(
            activation_id=body["activation_id"],
            application_key=body["application_key"],
            signature=body["signature"],
            signature_type=body["signature_type"],
            version=checked_version(body["signature_version"], member="signatureVersion"),
            bases=[body["signed_data"].encode()],
        )
        unlocked = vault.unlock(call, signed, at=at)
        return {**envelope(unlocked.response), "signatureValid": unlocked.signature_valid}


class StartUpgradeView(IntegrationView):
    """`upgrade/start`; no activation has anything to upgrade."""

    input_class = StartUpgradeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        require(body, "activation_id", "application_key")
        require(body, "ephemeral_public_key", "encrypted_data", "mac")
        try:
            call = encrypted_call(
                body,
                Encryptor.UPGRADE,
                version=body["protocol_version"],
                activation_id=body["activation_id"],
            )
        except EngineRefusal as refusal:
            raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from refusal
        upgrade.start(call, at=at)


class CommitUpgradeView(IntegrationView):
    """`upgrade/commit`; no activation has anything to upgrade."""

    input_class = CommitUpgradeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        upgrade.commit(body["activation_id"], body["application_key"])
