"""How recovery codes are asked for: integration-api.md 7.4 and 10."""

from enum import StrEnum

from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import EnumField, Flag, ListOf, Number, Text


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


class ConfigInput(ApplicationInput):
    """What shall be enabled for which application."""

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

    application_key = Text(needed=True)
    activation_id = Text(needed=True)


class LookupInput(Input):
    """Whose codes, and in which status."""

    user_id = Text(needed=True)
    activation_id = Text()
    application_id = Text()
    recovery_code_status = EnumField(CodeStatus)
    recovery_puk_status = EnumField(PukStatus)


class RevokeInput(Input):
    """The numbers of codes."""

    recovery_code_ids = ListOf(Number(), needed=True)


class CreateActivationInput(EnvelopeInput):
    """An activation by a code and a PUK."""

    recovery_code = Text()
    puk = Text()
    max_failure_count = Number()
    generate_recovery_codes = Flag()
    activation_otp = Text()
