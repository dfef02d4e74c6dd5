"""Recovery codes, which are switched off: integration-api.md 7.4 and 10."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypedDict

from enrollment_server.api.contract.shapes import Shape
from powerauth.engine.activations import recovery
from powerauth.errors import ErrorCode
from powerauth.integration.activations.examples import ID
from powerauth.integration.activations.recovery_inputs import (
    ConfigInput,
    ConfirmInput,
    CreateActivationInput,
    CreateInput,
    LookupInput,
    RevokeInput,
)
from powerauth.integration.api import IntegrationView
from powerauth.integration.applications.applications import ApplicationInput
from powerauth.integration.applications.examples import BY_ID
from powerauth.integration.words import method

_OFF = "Recovery is switched off on this server"
_REFUSES = f"{_OFF}, so it always refuses."
_ENVELOPE = {
    "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
    "temporaryKeyId": "fd12b5a9-3a5c-4ac2-8b4c-5d5ef2b4a9f1",
    "ephemeralPublicKey": "A97NlW0JPLJfpG0AUvaRHRGSHh+quZu+u0c+yxsK7Xji",
    "encryptedData": "qYLONkDWFpXefTKPbaKTA/PWdRYH5pk9uvGjUqSYbeK7Q0aOohK2MknTyviyNuSp",
    "mac": "DNlZdsM1wgH8v2mAROjj3vmQu4DI4ZJnuTBzQMrHsew=",
    "nonce": "v1y015uEP5RuT2g9RS0LIw==",
    "timestamp": 1_729_754_728_123,
    "protocolVersion": "3.3",
}
_AlwaysFalse = Annotated[bool, Shape("Always false.")]
_AlwaysNull = Annotated[str | None, Shape("Always null.")]


class RecoveryConfiguration(TypedDict):
    """What is switched on of recovery: nothing."""

    applicationId: str
    activationRecoveryEnabled: _AlwaysFalse
    recoveryPostcardEnabled: _AlwaysFalse
    allowMultipleRecoveryCodes: _AlwaysFalse
    postcardPublicKey: _AlwaysNull
    remotePostcardPublicKey: _AlwaysNull


class UpdatedRecovery(TypedDict):
    """That nothing is switched on."""

    updated: bool


class RecoveryCodes(TypedDict):
    """The recovery codes that fit."""

    recoveryCodes: Annotated[list[Mapping[str, object]], Shape("Always empty.")]


class RevokedRecoveryCodes(TypedDict):
    """Whether a code was revoked."""

    revoked: _AlwaysFalse


def _configuration(application_id: str) -> RecoveryConfiguration:
    return {
        "applicationId": application_id,
        "activationRecoveryEnabled": False,
        "recoveryPostcardEnabled": False,
        "allowMultipleRecoveryCodes": False,
        "postcardPublicKey": None,
        "remotePostcardPublicKey": None,
    }


class ConfigDetailView(IntegrationView):
    """`recovery/config/detail`: everything is switched off, so there are no keys for postcards."""

    endpoint = method(
        "Recovery",
        "Read the configuration of recovery",
        ErrorCode.INVALID_REQUEST,
        description=f"{_OFF}: every switch is false.",
        request=BY_ID,
        example=_configuration(BY_ID["applicationId"]),
    )
    input_class = ApplicationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RecoveryConfiguration:
        recovery.check_application(body["application_id"])
        return _configuration(body["application_id"])


class ConfigUpdateView(IntegrationView):
    """`recovery/config/update`: refused if it enables anything.

    The key of a printing house is accepted, as set-ups of back ends send one in any case, and not
    kept: with postcards switched off it has no use.
    """

    endpoint = method(
        "Recovery",
        "Configure recovery",
        ErrorCode.INVALID_REQUEST,
        description=(
            f"{_OFF}: to enable anything is refused. A `remotePostcardPublicKey` is accepted "
            "and not kept."
        ),
        request={
            **BY_ID,
            "activationRecoveryEnabled": False,
            "recoveryPostcardEnabled": False,
            "allowMultipleRecoveryCodes": False,
        },
        example=UpdatedRecovery(updated=True),
    )
    input_class = ConfigInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UpdatedRecovery:
        recovery.configure(
            body["application_id"],
            body["activation_recovery_enabled"],
            body["recovery_postcard_enabled"],
            body["allow_multiple_recovery_codes"],
        )
        return {"updated": True}


class CreateView(IntegrationView):
    """`recovery/create`: always refused."""

    endpoint = method(
        "Recovery",
        "Create a recovery code for a postcard",
        ErrorCode.INVALID_REQUEST,
        description=_REFUSES,
        request={**BY_ID, "userId": "alice", "pukCount": 10},
    )
    input_class = CreateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NoReturn:
        recovery.issue()


class ConfirmView(IntegrationView):
    """`recovery/confirm`: always refused, for the reason that is documented to come first."""

    endpoint = method(
        "Recovery",
        "Confirm a recovery code",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        description=_REFUSES,
        request={"activationId": ID, **_ENVELOPE},
    )
    input_class = ConfirmInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NoReturn:
        recovery.confirm(body["activation_id"], body["application_key"])


class LookupView(IntegrationView):
    """`recovery/lookup`: there are no codes."""

    endpoint = method(
        "Recovery",
        "Find recovery codes",
        ErrorCode.INVALID_REQUEST,
        description=f"{_OFF}: none are found.",
        request={"userId": "alice", **BY_ID, "recoveryCodeStatus": "ACTIVE"},
        example=RecoveryCodes(recoveryCodes=[]),
    )
    input_class = LookupInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RecoveryCodes:
        recovery.check_lookup(
            user_id=body["user_id"],
            activation_id=body["activation_id"],
            application_id=body["application_id"],
        )
        return {"recoveryCodes": []}


class RevokeView(IntegrationView):
    """`recovery/revoke`: there are no codes, and unknown ones are skipped."""

    endpoint = method(
        "Recovery",
        "Revoke recovery codes",
        ErrorCode.INVALID_REQUEST,
        description=f"{_OFF}: there are none to revoke.",
        request={"recoveryCodeIds": [1]},
        example=RevokedRecoveryCodes(revoked=False),
    )
    input_class = RevokeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RevokedRecoveryCodes:
        return {"revoked": recovery.revoke(body["recovery_code_ids"])}


class CreateActivationView(IntegrationView):
    """`activation/recovery/create`: always refused."""

    endpoint = method(
        "Activations",
        "Activate by a recovery code",
        ErrorCode.INVALID_REQUEST,
        description=_REFUSES,
        request={"recoveryCode": "AAAAA-BBBBB-CCCCC-DDDDD", "puk": "1234567890", **_ENVELOPE},
    )
    input_class = CreateActivationInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> NoReturn:
        recovery.issue()
