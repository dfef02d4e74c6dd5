"""Recovery codes, which are switched off: integration-api.md 7.4 and 10."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from powerauth.engine.activations import recovery
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.fields import EnumField, Flag, ListOf, Number, Text


class CodeStatus(StrEnum):
    """The statuses of recovery codes."""

    CREATED = "CREATED"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"
    REVOKED = "REVOKED"


class PukStatus(StrEnum):
    """The statuses of the PUKs of a code."""

    VALID = "VALID"
    USED = "USED"
    INVALID = "INVALID"


class EnvelopeInput(Input):
    """An encrypted request, which nothing here decrypts."""

    application_key = Text()
    temporary_key_id = Text()
    ephemeral_public_key = Text()
    encrypted_data = Text()
    mac = Text()
    nonce = Text()
    timestamp = Number()
    protocol_version = Text()


class ConfigInput(Input):
    """What shall be enabled for which application."""

    application_id = Text()
    activation_recovery_enabled = Flag()
    recovery_postcard_enabled = Flag()
    allow_multiple_recovery_codes = Flag()
    remote_postcard_public_key = Text()


class CreateInput(Input):
    """For whom a postcard shall be printed, and with how many PUKs."""

    application_id = Text()
    user_id = Text()
    puk_count = Number()


class ConfirmInput(EnvelopeInput):
    """The activation that confirms a code."""

    activation_id = Text()


class LookupInput(Input):
    """Whose codes, and in which status."""

    user_id = Text()
    activation_id = Text()
    application_id = Text()
    recovery_code_status = EnumField(CodeStatus)
    recovery_puk_status = EnumField(PukStatus)


class RevokeInput(Input):
    """The numbers of codes."""

    recovery_code_ids = ListOf(Number())


class ActivationInput(EnvelopeInput):
    """An activation by a code and a PUK."""

    recovery_code = Text()
    puk = Text()
    max_failure_count = Number()
    generate_recovery_codes = Flag()
    activation_otp = Text()


class ConfigDetailView(IntegrationView):
    """`recovery/config/detail`: everything is switched off, so there are no keys for postcards."""

    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        recovery.check_application(body["application_id"])
        return {
            "applicationId": body["application_id"],
            "activationRecoveryEnabled": False,
            "recoveryPostcardEnabled": False,
            "allowMultipleRecoveryCodes": False,
            "postcardPublicKey": None,
            "remotePostcardPublicKey": None,
        }


class ConfigUpdateView(IntegrationView):
    """`recovery/config/update`: refused if it enables anything.

    The key of a printing house is accepted, as set-ups of back ends send one in any case, and not
    kept: with postcards switched off it has no use.
    """

    input_class = ConfigInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        recovery.configure(
            body["application_id"],
            body["activation_recovery_enabled"],
            body["recovery_postcard_enabled"],
            body["allow_multiple_recovery_codes"],
        )
        return {"updated": True}


class CreateView(IntegrationView):
    """`recovery/create`: always refused."""

    input_class = CreateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        recovery.issue()


class ConfirmView(IntegrationView):
    """`recovery/confirm`: always refused, for the reason that is documented to come first."""

    input_class = ConfirmInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        recovery.confirm(body["activation_id"], body["application_key"])


class LookupView(IntegrationView):
    """`recovery/lookup`: there are no codes."""

    input_class = LookupInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        recovery.check_lookup(
            user_id=body["user_id"],
            activation_id=body["activation_id"],
            application_id=body["application_id"],
        )
        return {"recoveryCodes": []}


class RevokeView(IntegrationView):
    """`recovery/revoke`: there are no codes, and unknown ones are skipped."""

    input_class = RevokeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"revoked": recovery.revoke(body["recovery_code_ids"])}


class CreateActivationView(IntegrationView):
    """`activation/recovery/create`: always refused."""

    input_class = ActivationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> object:
        recovery.issue()
