"""The operation and template objects that a back end reads: integration-api.md 12 and 13.1."""

from datetime import datetime
from typing import Any

from operations.decisions import additional_data, proximity
from operations.models import Operation, OperationTemplate


def operation_object(
    operation: Operation, *, at: datetime, otp: bool = False, device: bool = False
) -> dict[str, Any]:
    """Describe an operation as of `at`; null where it has no value.

    Args:
        otp: compute the current proximity OTP, which only some methods show.
        device: add what the user agent tells of the device, which only some methods show.
    """
    return {
        "id": str(operation.pk),
        "userId": operation.user_id or None,
        "applications": [link.application_id for link in operation.applications.all()],
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


def template_object(template: OperationTemplate) -> dict[str, Any]:
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
