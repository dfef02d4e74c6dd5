"""What the methods tell about an activation: integration-api.md 7.8, 7.11, 7.14 and 7.15."""

from datetime import UTC, datetime
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape, one_of
from powerauth.engine import policy
from powerauth.engine.activations import activation_status, signed_codes
from powerauth.engine.activations.activation_init import ActivationProtocol
from powerauth.integration.names import StateName
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
    OtpValidation,
    TransferType,
)
from powerauth.protocol.encoding import b64
from powerauth.values import StatusAnswer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN = "unknown"
_ProtocolName = Annotated[str, one_of(*(protocol.value for protocol in ActivationProtocol))]

_TransferName = Annotated[str, one_of(*TransferType.values)]


class DescribedActivation(TypedDict):
    """What the status and the list have in common."""

    activationId: str
    activationStatus: StateName
    blockedReason: str | None
    activationName: Annotated[str | None, Shape("As the user named it.")]
    userId: str
    extras: str | None
    protocol: _ProtocolName | None
    externalId: str | None
    platform: Annotated[str | None, Shape("What the app says it runs on.")]
    deviceInfo: str | None
    activationFlags: list[str]
    applicationId: str | None
    failedAttempts: int
    maxFailedAttempts: int
    timestampCreated: datetime
    timestampLastUsed: datetime
    timestampLastChange: datetime | None
    version: Annotated[int, Shape("Of the protocol; 0 before the key exchange.")]
    parentActivationId: Annotated[str | None, Shape("The activation that it follows from.")]
    transferType: _TransferName | None


class EncryptedStatus(TypedDict):
    """The status as phones read it."""

    encryptedStatusBlob: Base64
    encryptedStatusBlobNonce: Base64 | None


class ActivationDetail(DescribedActivation):
    """All that is told of an activation, but for what only its phone reads."""

    activationOtpValidation: Annotated[str, one_of(*OtpValidation.values)]
    commitPhase: Annotated[str, one_of(*CommitPhase.values)]
    activationCode: Annotated[str | None, Shape("While the activation is new.")]
    activationSignature: Annotated[Base64 | None, Shape("While the activation is new.")]
    devicePublicKeyFingerprint: Annotated[str | None, Shape("What user and bank compare.")]
    applicationRoles: list[str]


class ActivationStatusDetail(ActivationDetail, EncryptedStatus):
    """The status of an activation."""


class ActivationStatusV4(ActivationDetail):
    """The status of an activation, as `/rest/v4` has it."""

    statusBlob: Annotated[
        Base64 | None,
        Shape(
            "What a phone of protocol 4.0 reads, as `activationStatus` of an encrypted answer. "
            "Null of an activation without keys of protocol 4."
        ),
    ]
    confirmationPending: Annotated[bool, Shape("Whether the phone has to confirm.")]
    activationSignatures: Annotated[
        dict[str, str] | None,
        Shape("Of the code, by each master key, while the activation is new."),
    ]


class ActivationListItem(DescribedActivation):
    """An activation in a list."""

    applicationName: Annotated[str | None, Shape("Always null.")]
    devicePublicKeyBase64: Base64 | None


class ActivationChange(TypedDict):
    """One change of an activation."""

    id: int
    activationId: str
    activationStatus: StateName
    eventReason: str | None
    externalUserId: Annotated[str | None, Shape("Who in the bank did it.")]
    activationName: str | None
    timestampCreated: datetime
    version: int | None


class ActivationFlags(TypedDict):
    """The flags of an activation."""

    activationId: str
    activationFlags: list[str]


def state_name(state: int) -> str:
    """Give the name of a state on the wire."""
    return ActivationState(state).name


def blocked_reason(activation: Activation) -> str | None:
    """Give why an activation is blocked, None while it is not."""
    if activation.state != ActivationState.BLOCKED:
        return None
    return activation.blocked_reason or None


def _described(activation: Activation) -> DescribedActivation:
    parent = activation.parent_activation_id
    return {
        "activationId": str(activation.id),
        "activationStatus": state_name(activation.state),
        "blockedReason": blocked_reason(activation),
        "activationName": activation.name or None,
        "userId": activation.user_id,
        "extras": activation.extras or None,
        "protocol": ActivationProtocol.POWERAUTH.value,
        "externalId": activation.external_id or None,
        "platform": activation.platform or None,
        "deviceInfo": activation.device_info or None,
        "activationFlags": sorted(activation.flags),
        "applicationId": activation.application_id,
        "failedAttempts": activation.failed_attempts,
        "maxFailedAttempts": activation.max_failed_attempts,
        "timestampCreated": activation.created_at,
        "timestampLastUsed": activation.last_used_at,
        # Its creation is the only change of an activation that still waits for its phone.
        "timestampLastChange": activation.last_change_at or activation.created_at,
        "version": activation.version or 0,
        "parentActivationId": str(parent) if parent else None,
        "transferType": activation.transfer_type or None,
    }


def _encrypted(answer: StatusAnswer) -> EncryptedStatus:
    return {
        "encryptedStatusBlob": b64(answer.blob),
        "encryptedStatusBlobNonce": None if answer.nonce is None else b64(answer.nonce),
    }


def status(activation: Activation, answer: StatusAnswer) -> ActivationStatusDetail:
    """Give the status of an activation; its application has to be loaded."""
    return {**detail(activation), **_encrypted(answer)}


def unknown_status(activation_id: str, answer: StatusAnswer) -> ActivationStatusDetail:
    """Give the status of an activation that does not exist: it is reported as removed."""
    return {**unknown_detail(activation_id), **_encrypted(answer)}


def detail(activation: Activation) -> ActivationDetail:
    """Describe an activation; its application has to be loaded."""
    created = activation.state == ActivationState.CREATED
    return {
        **_described(activation),
        "activationOtpValidation": activation.otp_validation,
        "commitPhase": activation.commit_phase,
        "activationCode": activation.activation_code if created else None,
        "activationSignature": signed_codes.signature(activation) if created else None,
        "devicePublicKeyFingerprint": activation_status.fingerprint(activation),
        "applicationRoles": sorted(activation.application.roles),
    }


def unknown_detail(activation_id: str) -> ActivationDetail:
    """Describe an activation that does not exist as one that was removed."""
    return {
        "activationId": activation_id,
        "activationStatus": ActivationState.REMOVED.name,
        "activationOtpValidation": OtpValidation.NONE.value,
        "commitPhase": CommitPhase.ON_COMMIT.value,
        "blockedReason": None,
        "activationName": _UNKNOWN,
        "userId": _UNKNOWN,
        "extras": None,
        "protocol": None,
        "externalId": None,
        "platform": None,
        "deviceInfo": None,
        "applicationId": None,
        "failedAttempts": 0,
        "maxFailedAttempts": policy.max_failed_attempts(),
        "timestampCreated": _EPOCH,
        "timestampLastUsed": _EPOCH,
        "timestampLastChange": None,
        "activationCode": None,
        "activationSignature": None,
        "devicePublicKeyFingerprint": None,
        "version": 0,
        "parentActivationId": None,
        "transferType": None,
        "activationFlags": [],
        "applicationRoles": [],
    }


def list_item(activation: Activation) -> ActivationListItem:
    """Give an activation as lists show it."""
    device_key = bytes(activation.device_public_key)
    return {
        **_described(activation),
        "applicationName": None,
        "devicePublicKeyBase64": b64(device_key) if device_key else None,
    }


def history_item(change: ActivationHistory) -> ActivationChange:
    """Give one change of an activation."""
    return {
        "id": change.pk,
        "activationId": str(change.activation_id),
        "activationStatus": state_name(change.state),
        "eventReason": change.event_reason or None,
        "externalUserId": change.external_user_id or None,
        "activationName": change.activation_name or None,
        "timestampCreated": change.created_at,
        "version": change.version,
    }


def flags_of(activation: Activation) -> ActivationFlags:
    """Give the flags of an activation."""
    return {
        "activationId": str(activation.id),
        "activationFlags": sorted(activation.flags),
    }
