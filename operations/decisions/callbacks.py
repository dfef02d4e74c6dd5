"""What back ends are told of a change of an operation: integration-api.md 11.2 and 11.3."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from enrollment_server.database.statements import execute
from enrollment_server.database.writes import column_values, update_text
from operations.decisions import additional_data
from operations.models import Operation, OperationStatus
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


def change_and_tell(
    operation: Operation,
    values: Mapping[str, Any],
    *,
    at: datetime,
    condition: str = "TRUE",
    given: Sequence[Any] = (),
) -> bool:
    """Change a pending operation and write the events; tell whether it was still pending.

    `operation` itself stays as it was read. PostgreSQL takes all of it as one statement; elsewhere
    it has to run in a transaction.

    Args:
        values: columns by name.
        condition: what else has to hold of the row, in SQL; `given` are its values.
    """
    pending = f"status = '{OperationStatus.PENDING.value}' AND {condition}"
    changed = [*column_values(Operation, {**values, "id": operation.pk}), *given]
    told = statement(after(operation, values), operation.application_ids or [], at=at)
    if connection.vendor == "postgresql":
        changing = update_text(Operation, tuple(values), f"{pending} RETURNING 1")
        return execute(_changing_and_telling(changing, told[0]), [*changed, *told[1]]).rows == [
            (1,)
        ]
    if execute(update_text(Operation, tuple(values), pending), changed).count != 1:
        return False
    execute(*told)
    return True


def _changing_and_telling(changing: str, telling: str) -> str:
    return (
        f"WITH changed AS ({changing}), "  # noqa: S608  # nosec B608 # made of constants
        f"told AS ({telling} AND EXISTS (SELECT FROM changed)) SELECT count(*) FROM changed"
    )


def after(operation: Operation, values: Mapping[str, Any]) -> Operation:
    """Give an operation as it is after a change; `operation` itself stays as it is."""
    changed = copy(operation)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


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
