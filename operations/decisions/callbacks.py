"""What back ends are told of a change of an operation: integration-api.md 11.2 and 11.3."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.decisions import additional_data
from operations.models import Operation
from powerauth.engine.callbacks import callback_outbox
from powerauth.models import CallbackType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_PROXIMITY_OTP = "proximity_otp"


def write(operation: Operation, application_ids: Sequence[str], *, at: datetime) -> None:
    """Write the events of a change of an operation, in the transaction of that change.

    Each callback of each application of the operation gets one.
    """
    callback_outbox.write(
        CallbackType.OPERATION_STATUS_CHANGE,
        application_ids,
        payload(operation, application_ids),
        at=at,
    )


def statement(
    operation: Operation, application_ids: Sequence[str], *, at: datetime
) -> tuple[str, list[Any]]:
    """Give what `write` would execute, and its values: see `callback_outbox.statement`."""
    return callback_outbox.statement(
        CallbackType.OPERATION_STATUS_CHANGE,
        application_ids,
        payload(operation, application_ids),
        at=at,
    )


def payload(operation: Operation, application_ids: Sequence[str]) -> dict[str, Any]:
    """Describe an operation as it is now, by the names on the wire."""
    return {
        "type": "OPERATION",
        "operationId": str(operation.pk),
        "userId": operation.user_id or None,
        "applications": list(application_ids),
        "operationType": operation.operation_type,
        "parameters": operation.parameters,
        "additionalData": _additional_data(operation),
        "activationFlag": operation.activation_flag or None,
        "status": str(operation.status),
        "data": operation.data,
        "failureCount": operation.failure_count,
        "maxFailureCount": operation.max_failure_count,
        "signatureType": operation.signature_types,
        "externalId": operation.external_id or None,
        "timestampCreated": _milliseconds(operation.created_at),
        "timestampExpires": _milliseconds(operation.expires_at),
        "timestampFinalized": _milliseconds(operation.finalized_at),
    }


def _additional_data(operation: Operation) -> dict[str, Any]:
    """Give the additional data without the proximity OTP, which may still be good elsewhere."""
    told: dict[str, Any] = additional_data.shown(operation.additional_data, device=True)
    told.pop(_PROXIMITY_OTP, None)
    return told


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND
