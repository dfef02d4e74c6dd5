"""The vault of an activation: integration-api.md 9.4."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.generations import choice
from powerauth.engine.signatures import vault
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import UnlockedVault, envelope
from powerauth.integration.cryptography.inputs import (
    EnvelopeInput,
    encrypted_call,
    require,
    signed_request,
)
from powerauth.integration.inputs.fields import EnumField, Text
from powerauth.integration.words import method
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.signature import SignatureType


class UnlockInput(EnvelopeInput):
    """An encrypted request with a signature over it."""

    activation_id = Text(needed=True)
    signed_data = Text(needed=True)
    signature = Text(needed=True)
    signature_type = EnumField(SignatureType, needed=True)
    signature_version = Text(needed=True)


class UnlockView(IntegrationView):
    """`vault/unlock`."""

    endpoint = method(
        "Encryption",
        "Verify who asks, and give the key of the vault",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.INVALID_SIGNATURE,
        ErrorCode.TEMPORARY_KEY_MISSING,
        ErrorCode.DECRYPTION_FAILED,
        ErrorCode.INPUT_FORMAT,
        description="The attempt is counted. `signatureVersion` is the version of the envelope.",
        request=examples.VAULT_REQUEST,
        example={**examples.ENCRYPTED_ANSWER, "signatureValid": True},
    )
    input_class = UnlockInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UnlockedVault:
        require(body, "activation_id", "application_key", "signed_data")
        require(body, "signature", "signature_type", "signature_version")
        vault.require_allowed(body["signature_type"], choice.GENERATIONS[self.tree])
        call = encrypted_call(
            body,
            Encryptor.VAULT_UNLOCK,
            tree=self.tree,
            version=body["signature_version"],
            activation_id=body["activation_id"],
        )
        unlocked = vault.unlock(
            call, signed_request(body, body["signed_data"], tree=self.tree), at=at
        )
        return {**envelope(unlocked.response), "signatureValid": unlocked.signature_valid}
