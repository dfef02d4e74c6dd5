"""The operation and template objects that a back end reads: integration-api.md 12 and 13.1."""

from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Shape, Uuid, one_of
from operations import models
from operations.decisions import additional_data, proximity
from operations.models import Operation, OperationStatus
from operations.values import Result
from powerauth.integration.names import FactorsName, InV4, StateName

_Factors = Annotated[
    list[FactorsName], Shape("Any of them suffices."), InV4("authenticationCodeTypes")
]


class BankOperation(TypedDict):
    """An operation as a back end reads it; null where it has no value."""

    id: Uuid
    userId: Annotated[str | None, Shape("Null while it belongs to nobody.")]
    applications: list[str]
    externalId: str | None
    activationFlag: str | None
    operationType: str
    templateName: str
    data: Annotated[str, Shape("What the user signs.")]
    parameters: dict[str, str]
    additionalData: Annotated[dict[str, Any], Shape("What came with the decision.")]
    status: Annotated[str, one_of(*OperationStatus.values)]
    statusReason: str | None
    signatureType: _Factors
    failureCount: int
    maxFailureCount: int
    timestampCreated: datetime
    timestampExpires: datetime
    timestampFinalized: datetime | None
    riskFlags: str | None
    proximityOtp: Annotated[str | None, Shape("Current one, where the method shows it.")]
    activationId: str | None


class OperationTemplate(TypedDict):
    """What operations are made from."""

    id: int
    templateName: str
    operationType: str
    dataTemplate: str
    signatureType: _Factors
    maxFailureCount: int
    expiration: Annotated[int, Shape("Seconds.")]
    riskFlags: str | None
    proximityCheckEnabled: bool


class Outcome(TypedDict):
    """What became of a decision, and the operation after it."""

    result: str
    operation: BankOperation


class ApprovalOutcome(TypedDict):
    """What became of an approval."""

    result: Annotated[str, one_of(Result.APPROVED, Result.APPROVAL_FAILED, Result.OPERATION_FAILED)]
    operation: BankOperation


class FailureOutcome(TypedDict):
    """What became of an operation after an attempt that failed."""

    result: Annotated[str, one_of(Result.APPROVAL_FAILED, Result.OPERATION_FAILED)]
    operation: BankOperation


class RejectionOutcome(TypedDict):
    """What became of a rejection."""

    result: Annotated[str, one_of(Result.REJECTED, Result.REJECT_FAILED)]
    operation: BankOperation


class OperationOfflineData(TypedDict):
    """What the app scans to approve an operation."""

    operationId: str
    offlineData: Annotated[str, Shape("The whole text of the QR code.")]
    nonce: Annotated[str, Shape("Base64 of 16 bytes, the same for each text of the operation.")]


class OfflineApprovalOutcome(ApprovalOutcome):
    """What became of an approval, and of the attempts that the activation has."""

    signatureValid: Annotated[bool, InV4("authenticationValid")]
    activationStatus: StateName
    blockedReason: str | None
    remainingAttempts: Annotated[int, Shape("Of the activation.")]


def operation_object(
    operation: Operation, *, at: datetime, otp: bool = False, device: bool = False
) -> BankOperation:
    """Describe an operation as of `at`; null where it has no value.

    Args:
        otp: compute the current proximity OTP, which only some methods show.
        device: add what the user agent tells of the device, which only some methods show.
    """
    return {
        "id": str(operation.pk),
        "userId": operation.user_id or None,
        "applications": operation.known_application_ids(),
        "externalId": operation.external_id or None,
        "activationFlag": operation.activation_flag or None,
        "operationType": operation.operation_type,
        "templateName": operation.template_name,
        "data": operation.data,
        "parameters": operation.parameters,
        "additionalData": additional_data.shown(operation.additional_data, device=device),
        "status": operation.status_at(at).value,
        "statusReason": operation.status_reason or None,
        "signatureType": operation.signature_types,
        "failureCount": operation.failure_count,
        "maxFailureCount": operation.max_failure_count,
        "timestampCreated": operation.created_at,
        "timestampExpires": operation.expires_at,
        "timestampFinalized": operation.finalized_at,
        "riskFlags": operation.risk_flags or None,
        "proximityOtp": _otp(operation, at=at) if otp else None,
        "activationId": operation.activation_id or None,
    }


def template_object(template: models.OperationTemplate) -> OperationTemplate:
    """Describe an operation template."""
    return {
        "id": template.pk,
        "templateName": template.template_name,
        "operationType": template.operation_type,
        "dataTemplate": template.data_template,
        "signatureType": template.signature_types,
        "maxFailureCount": template.max_failure_count,
        "expiration": template.expiration_s,
        "riskFlags": template.risk_flags or None,
        "proximityCheckEnabled": template.proximity_check_enabled,
    }


def _otp(operation: Operation, *, at: datetime) -> str | None:
    if not operation.proximity_seed:
        return None
    return proximity.current_otp(operation.proximity_seed, operation_id=operation.pk, at=at)
