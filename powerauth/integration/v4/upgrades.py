"""`upgrade/*`: from protocol 3 to 4. Source: protocol-4.md 30, 34.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from powerauth.engine.upgrades import confirmation, start
from powerauth.errors import ErrorCode
from powerauth.integration.activations.one_activation import ActivationChangeView
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.answers import EncryptedAnswer, envelope
from powerauth.integration.cryptography.inputs import CompleteInput, encrypted_call, require
from powerauth.integration.inputs.fields import Text
from powerauth.integration.v4.factors import SealedInput
from powerauth.integration.words import method
from powerauth.protocol.encryptors import Encryptor

_TAG = "Upgrade"
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.APPLICATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)


class ConfirmInput(CompleteInput):
    """Which activation, and the version of its app."""

    activation_id = Text(needed=True)
    application_key = Text(needed=True)


class UpgradeConfirmation(TypedDict):
    """That the activation is of protocol 4."""

    confirmed: bool


class StartView(ActivationChangeView):
    """`upgrade/start`; the request is encrypted in application scope."""

    endpoint = method(
        _TAG,
        "Agree on keys of protocol 4 with the phone of an activation of protocol 3",
        *_REFUSED,
        ErrorCode.ALGORITHM_NOT_SUPPORTED,
        ErrorCode.TEMPORARY_KEY_MISSING,
        ErrorCode.DECRYPTION_FAILED,
        ErrorCode.INPUT_FORMAT,
        description="They wait for their confirmation; until then everything of protocol 3 goes "
        "on. The caller has verified the signature of the request, which is one of protocol 3 "
        "with two factors.",
        request={"activationId": examples.ACTIVATION_ID, **examples.VERSIONED_ENVELOPE},
        example=examples.ENCRYPTED_ANSWER,
    )
    input_class = SealedInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> EncryptedAnswer:
        require(body, "activation_id", "application_key")
        call = encrypted_call(
            body,
            Encryptor.UPGRADE_START,
            tree=self.tree,
            version=body["protocol_version"],
            activation_id=None,
        )
        return envelope(start.start(body["activation_id"], call, at=at))


class ConfirmView(IntegrationView):
    """`upgrade/confirm`."""

    endpoint = method(
        _TAG,
        "Tell whether an upgrade was confirmed",
        *_REFUSED,
        description="The code of possession at `/pa/upgrade/confirm`, made with the keys of "
        "`upgrade/start`, is the confirmation: the upgrade ends when `auth/verify` accepts it. "
        "Here nothing changes, and an activation that still is of protocol 3 is refused.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "applicationKey": examples.APPLICATION_KEY,
        },
        example=UpgradeConfirmation(confirmed=True),
    )
    tree = 4
    input_class = ConfirmInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UpgradeConfirmation:
        confirmation.confirm(body["activation_id"], body["application_key"])
        return {"confirmed": True}
