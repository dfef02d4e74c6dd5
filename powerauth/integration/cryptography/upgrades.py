"""Upgrades, which no activation needs: integration-api.md 9.4."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from powerauth.engine.activations import upgrade
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples
from powerauth.integration.cryptography.inputs import EnvelopeInput, encrypted_call, require
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Text
from powerauth.integration.words import method
from powerauth.protocol.v3.encryption import Encryptor

_NEVER = "No activation is of version 2: it always refuses."


class StartUpgradeInput(EnvelopeInput):
    """An encrypted request of an activation."""

    activation_id = Text(needed=True)
    protocol_version = Text()


class CommitUpgradeInput(Input):
    """Which activation, and its application."""

    activation_id = Text(needed=True)
    application_key = Text(needed=True)


class StartUpgradeView(IntegrationView):
    """`upgrade/start`; no activation has anything to upgrade."""

    endpoint = method(
        "Encryption",
        "Begin an upgrade of an activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        ErrorCode.DECRYPTION_FAILED,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        description=_NEVER,
        request={"activationId": examples.ACTIVATION_ID, **examples.VERSIONED_ENVELOPE},
    )
    input_class = StartUpgradeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NoReturn:
        require(body, "activation_id", "application_key")
        require(body, "ephemeral_public_key", "encrypted_data", "mac")
        try:
            call = encrypted_call(
                body,
                Encryptor.UPGRADE,
                tree=self.tree,
                version=body["protocol_version"],
                activation_id=body["activation_id"],
            )
        except EngineRefusal as refusal:
            raise EngineRefusal(ErrorCode.DECRYPTION_FAILED) from refusal
        upgrade.start(call, at=at)


class CommitUpgradeView(IntegrationView):
    """`upgrade/commit`; no activation has anything to upgrade."""

    endpoint = method(
        "Encryption",
        "End an upgrade of an activation",
        ErrorCode.DECRYPTION_FAILED,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        description=_NEVER,
        request={
            "activationId": examples.ACTIVATION_ID,
            "applicationKey": examples.APPLICATION_KEY,
        },
    )
    input_class = CommitUpgradeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NoReturn:
        upgrade.commit(body["activation_id"], body["application_key"])
