"""The life of an activation: integration-api.md 7.5, 7.6, 7.9 and 7.10."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from powerauth.engine.activations import lifecycle
from powerauth.errors import ErrorCode
from powerauth.integration.activations import examples
from powerauth.integration.activations.answers import blocked_reason, state_name
from powerauth.integration.activations.one_activation import ActivationChangeView, ChangeInput
from powerauth.integration.inputs.fields import Flag, Text
from powerauth.integration.names import StateName
from powerauth.integration.words import method

_method = partial(method, "Activations")
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)


class CommitInput(ChangeInput):
    """A commit with the one-time password, if there is one."""

    activation_otp = Text()


class OtpInput(ChangeInput):
    """A new one-time password."""

    activation_otp = Text(needed=True)


class RemoveInput(ChangeInput):
    """A removal; this server keeps no recovery codes that could be revoked."""

    revoke_recovery_codes = Flag()


class BlockInput(ChangeInput):
    """A blocking with its reason."""

    reason = Text()


class CommittedActivation(TypedDict):
    """An activation that is active."""

    activationId: str
    activated: bool


class UpdatedActivation(TypedDict):
    """An activation that has another OTP."""

    activationId: str
    updated: bool


class RemovedActivation(TypedDict):
    """An activation that is removed."""

    activationId: str
    removed: bool


class Unblocking(TypedDict):
    """An activation that is not blocked any more."""

    activationId: str
    activationStatus: StateName


class Blocking(TypedDict):
    """An activation that is blocked."""

    activationId: str
    activationStatus: StateName
    blockedReason: str | None


_BLOCKED: Blocking = {
    "activationId": examples.ID,
    "activationStatus": "BLOCKED",
    "blockedReason": "LOST_PHONE",
}


class CommitView(ActivationChangeView):
    """`activation/commit`."""

    endpoint = _method(
        "Commit a pending activation",
        *_REFUSED,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.INVALID_OTP,
        request=examples.BY_CLERK,
        example=CommittedActivation(activationId=examples.ID, activated=True),
    )
    input_class = CommitInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> CommittedActivation:
        activation = lifecycle.commit(
            body["activation_id"],
            otp_text=body["activation_otp"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        self.noted(activation)
        return {"activationId": str(activation.id), "activated": True}


class UpdateOtpView(ActivationChangeView):
    """`activation/otp/update`."""

    endpoint = _method(
        "Replace the OTP of a pending activation",
        *_REFUSED,
        ErrorCode.OTP_MODE,
        request={**examples.BY_CLERK, "activationOtp": "12345678"},
        example=UpdatedActivation(activationId=examples.ID, updated=True),
    )
    input_class = OtpInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UpdatedActivation:
        activation = lifecycle.update_otp(
            body["activation_id"],
            otp_text=body["activation_otp"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        self.noted(activation)
        return {"activationId": str(activation.id), "updated": True}


class RemoveView(ActivationChangeView):
    """`activation/remove`."""

    endpoint = _method(
        "Remove an activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        request=examples.BY_CLERK,
        example=RemovedActivation(activationId=examples.ID, removed=True),
    )
    input_class = RemoveInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RemovedActivation:
        activation = lifecycle.remove(
            body["activation_id"], external_user_id=body["external_user_id"], at=at
        )
        self.noted(activation)
        return {"activationId": str(activation.id), "removed": True}


class BlockView(ActivationChangeView):
    """`activation/block`."""

    endpoint = _method(
        "Block an activation",
        *_REFUSED,
        request={**examples.BY_CLERK, "reason": "LOST_PHONE"},
        example=_BLOCKED,
    )
    input_class = BlockInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Blocking:
        activation = lifecycle.block(
            body["activation_id"],
            reason=body["reason"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        self.noted(activation)
        return {
            "activationId": str(activation.id),
            "activationStatus": state_name(activation.state),
            "blockedReason": blocked_reason(activation),
        }


class UnblockView(ActivationChangeView):
    """`activation/unblock`."""

    endpoint = _method(
        "Unblock an activation",
        *_REFUSED,
        request=examples.BY_CLERK,
        example=Unblocking(activationId=examples.ID, activationStatus="ACTIVE"),
    )
    input_class = ChangeInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Unblocking:
        activation = lifecycle.unblock(
            body["activation_id"], external_user_id=body["external_user_id"], at=at
        )
        self.noted(activation)
        return {
            "activationId": str(activation.id),
            "activationStatus": state_name(activation.state),
        }
