"""The rules of a decision about one operation: integration-api.md 13.

Every function works on a row that its transaction has locked, and tells back ends what it changes
(integration-api.md 11.3). The caller has verified signatures
before; `services` adds what the integration API validates, the backends what phones may do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from enrollment_server.database.compiled import Compiled
from operations.decisions import callbacks, proximity
from operations.models import Operation, OperationStatus
from operations.ringing import announcing
from operations.values import Result
from powerauth.engine.identifiers import parse_id
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.v3.signature import SignatureType


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A row that is locked until the transaction ends.

    `in_application` tells whether the application that was asked for may decide about it.
    """

    row: Operation
    in_application: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What an approval claims: integration-api.md 13.6.

    `proximity_signed` says that the signature covers the code of the proximity check, so that none
    has to stand in the additional data (protocol.md 11.5). `answered` is the activation whose phone
    waits for the outcome, and needs no news of it.
    """

    user_id: str
    data: str
    signature_type: SignatureType
    additional_data: Mapping[str, Any]
    proximity_signed: bool = False
    answered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of an approval or a rejection, with the operation as it is after it.

    `reasons` are the conditions that an approval did not meet, for the log.
    """

    result: Result
    operation: Operation
    reasons: tuple[str, ...] = ()


_LOCK: Compiled[Operation] = Compiled(
    lambda id: (
        Operation.objects.select_for_update(of=("self",)).with_application_ids().filter(pk=id)
    ),
    id=UUID,
)


def lock(operation_id: str, *, application_id: str = "") -> Locked | None:
    """Lock an operation for the rest of the transaction; None for an unknown id."""
    row = _LOCK.first(id=parse_id(operation_id))
    if row is None:
        return None
    return Locked(row=row, in_application=application_id in (row.application_ids or []))


def decide_approval(locked: Locked, attempt: Attempt, *, at: datetime) -> Decision:
    """Approve a locked pending operation, or count one failed attempt.

    Raises:
        EngineRefusal: OPERATION_NOT_APPROVABLE if it is not pending; that counts nothing.

    Source: integration-api.md 13.6, steps 2 to 5.
    """
    operation = locked.row
    if operation.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE)
    failed = failed_conditions(locked, attempt, at=at)
    if failed:
        counted = count_failure(operation, attempt.additional_data, at=at)
        return replace(counted, reasons=tuple(failed))
    change(
        operation,
        ErrorCode.OPERATION_NOT_APPROVABLE,
        at=at,
        answered=attempt.answered,
        **approved(operation, attempt, at=at),
    )
    return Decision(result=Result.APPROVED, operation=operation)


def approved(operation: Operation, attempt: Attempt, *, at: datetime) -> dict[str, Any]:
    """Give the columns that an approval changes."""
    return {
        "user_id": attempt.user_id,
        "status": OperationStatus.APPROVED,
        "finalized_at": at,
        "additional_data": merged(operation, attempt.additional_data),
    }


def failed_conditions(locked: Locked, attempt: Attempt, *, at: datetime) -> list[str]:
    """Name the conditions that an approval does not meet: integration-api.md 13.6."""
    operation = locked.row
    extra = attempt.additional_data
    conditions = {
        "owner": operation.user_id in ("", attempt.user_id),
        "application": locked.in_application,
        "data": operation.data == attempt.data,
        "factors": attempt.signature_type.name in frozenset(operation.signature_types),
        "failures": operation.failure_count < operation.max_failure_count,
        "proximity": not operation.proximity_seed
        or attempt.proximity_signed
        or proximity.is_valid(
            extra.get("proximity_otp"), operation.proximity_seed, operation_id=operation.pk, at=at
        ),
        "activation": operation.activation_id in ("", extra.get("activationId")),
    }
    return [name for name, holds in conditions.items() if not holds]


def count_failure(
    operation: Operation, additional_data: Mapping[str, Any], *, at: datetime
) -> Decision:
    """Count a failed attempt on a locked pending operation; the last one ends it.

    Source: integration-api.md 13.6, step 5.
    """
    failures = operation.failure_count + 1
    values: dict[str, Any] = {"additional_data": merged(operation, additional_data)}
    if failures < operation.max_failure_count:
        result = Result.APPROVAL_FAILED
        values |= {"failure_count": failures}
    else:
        result = Result.OPERATION_FAILED
        values |= {
            "failure_count": operation.max_failure_count,
            "status": OperationStatus.FAILED,
            "finalized_at": at,
        }
    change(operation, ErrorCode.OPERATION_STATE, at=at, **values)
    return Decision(result=result, operation=operation)


def decide_rejection(
    locked: Locked,
    *,
    user_id: str,
    additional_data: Mapping[str, Any],
    at: datetime,
    answered: str | None = None,
) -> Decision:
    """Reject a locked pending operation of a user; one that is not theirs stays as it is.

    Args:
        answered: as of an `Attempt`.

    Raises:
        EngineRefusal: OPERATION_NOT_REJECTABLE if it is not pending.

    Source: integration-api.md 13.10.
    """
    operation = locked.row
    if operation.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_REJECTABLE)
    if operation.user_id not in ("", user_id) or not locked.in_application:
        return Decision(result=Result.REJECT_FAILED, operation=operation)
    change(
        operation,
        ErrorCode.OPERATION_NOT_REJECTABLE,
        at=at,
        answered=answered,
        user_id=user_id,
        status=OperationStatus.REJECTED,
        finalized_at=at,
        additional_data=merged(operation, additional_data),
    )
    return Decision(result=Result.REJECTED, operation=operation)


def claim_locked(operation: Operation, *, user_id: str, at: datetime) -> None:
    """Give a locked pending operation to a user, unless it has one; others stay as they are.

    Raises:
        EngineRefusal: OPERATION_NOT_FOUND if it is pending for another user.

    Source: integration-api.md 13.5.
    """
    if operation.status_at(at) is not OperationStatus.PENDING or operation.user_id == user_id:
        return
    if operation.user_id:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    change(
        operation,
        ErrorCode.OPERATION_NOT_FOUND,
        at=at,
        callback=False,
        user_id=user_id,
        claimed_at=at,
    )


def release_locked(operation: Operation, *, user_id: str | None, at: datetime) -> None:
    """Give a locked pending operation back, so that anybody may claim it; nobody's stays nobody's.

    Only what was claimed is given back: what was made for a user is for nobody else.

    Args:
        user_id: who has to have it; None for anybody.

    Raises:
        EngineRefusal: OPERATION_STATE if it is not pending, or was made for its user;
            OPERATION_NOT_FOUND if another user has it.
    """
    if operation.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)
    if not operation.user_id:
        return
    if user_id is not None and operation.user_id != user_id:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    if operation.claimed_at is None:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)
    change(
        operation,
        ErrorCode.OPERATION_STATE,
        at=at,
        callback=False,
        user_id="",
        claimed_at=None,
    )


def log_details(decision: Decision) -> dict[str, str]:
    """Give what a log line about a refused approval says."""
    return {"operation": str(decision.operation.pk), "reason": ",".join(decision.reasons)}


def merged(operation: Operation, additional_data: Mapping[str, Any]) -> dict[str, Any]:
    return {**operation.additional_data, **additional_data}


def change(
    operation: Operation,
    lost: ErrorCode,
    *,
    at: datetime,
    callback: bool = True,
    answered: str | None = None,
    **values: Any,
) -> None:
    """Change a locked pending operation in one statement, and write the callback events.

    If it ends, its user's phones are told.

    Args:
        lost: why it was not pending any more.
        callback: whether back ends are told.
        answered: as of an `Attempt`.
        values: columns by name.
    """
    if callback and operation.application_ids:
        changed = callbacks.change_and_tell(operation, values, at=at)
    else:
        rows = Operation.objects.filter(pk=operation.pk, status=OperationStatus.PENDING)
        changed = bool(rows.update(**values))
    if not changed:
        raise EngineRefusal(lost)
    for name, value in values.items():
        setattr(operation, name, value)
    announcing.ended(operation, besides=answered, at=at)
