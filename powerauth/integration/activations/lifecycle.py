"""The life of an activation: integration-api.md 7.1, 7.5, 7.6, 7.9 and 7.10."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import activation_init, lifecycle
from powerauth.engine.activations.activation_init import ActivationProtocol, InitRequest
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.integration.activations.answers import blocked_reason, state_name
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import (
    EnumField,
    Flag,
    FlexibleDateTime,
    Number,
    Text,
    TextList,
    WireEnumField,
)
from powerauth.models import CommitPhase, OtpValidation


class InitInput(Input):
    """What the new activation shall be like."""

    protocol = WireEnumField(ActivationProtocol)
    user_id = Text()
    application_id = Text()
    timestamp_activation_expire = FlexibleDateTime()
    max_failure_count = Number()
    activation_otp_validation = EnumField(OtpValidation)
    commit_phase = EnumField(CommitPhase)
    activation_otp = Text()
    flags = TextList()


class ChangeInput(Input):
    """Which activation to change, and who in the bank wants it."""

    activation_id = Text()
    external_user_id = Text()


class OtpInput(ChangeInput):
    """A change with a one-time password."""

    activation_otp = Text()


class RemoveInput(ChangeInput):
    """A removal; this server keeps no recovery codes that could be revoked."""

    revoke_recovery_codes = Flag()


class BlockInput(ChangeInput):
    """A blocking with its reason."""

    reason = Text()


class InitView(IntegrationView):
    """`activation/init`."""

    input_class = InitInput
    changes = Changes(kind=ACTIVATION, made="activationId")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        request = InitRequest(
            protocol=body["protocol"],
            user_id=body["user_id"],
            application_id=body["application_id"],
            expires_at=body["timestamp_activation_expire"],
            max_failed_attempts=body["max_failure_count"],
            otp=body["activation_otp"],
            otp_validation=body["activation_otp_validation"],
            commit_phase=body["commit_phase"],
            flags=body["flags"] or [],
        )
        new = activation_init.init(request, at=at)
        return {
            "activationId": str(new.activation.id),
            "activationCode": new.activation_code,
            "activationSignature": new.activation_signature,
            "userId": new.activation.user_id,
            "applicationId": new.activation.application_id,
        }


class CommitView(IntegrationView):
    """`activation/commit`."""

    input_class = OtpInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = lifecycle.commit(
            body["activation_id"],
            otp_text=body["activation_otp"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        return {"activationId": str(activation.id), "activated": True}


class UpdateOtpView(IntegrationView):
    """`activation/otp/update`."""

    input_class = OtpInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = lifecycle.update_otp(
            body["activation_id"],
            otp_text=body["activation_otp"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        return {"activationId": str(activation.id), "updated": True}


class RemoveView(IntegrationView):
    """`activation/remove`."""

    input_class = RemoveInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = lifecycle.remove(
            body["activation_id"], external_user_id=body["external_user_id"], at=at
        )
        return {"activationId": str(activation.id), "removed": True}


class BlockView(IntegrationView):
    """`activation/block`."""

    input_class = BlockInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = lifecycle.block(
            body["activation_id"],
            reason=body["reason"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        return {
            "activationId": str(activation.id),
            "activationStatus": state_name(activation.state),
            "blockedReason": blocked_reason(activation),
        }


class UnblockView(IntegrationView):
    """`activation/unblock`."""

    input_class = ChangeInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = lifecycle.unblock(
            body["activation_id"], external_user_id=body["external_user_id"], at=at
        )
        return {
            "activationId": str(activation.id),
            "activationStatus": state_name(activation.state),
        }
