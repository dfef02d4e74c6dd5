"""The verbs of an operation as the integration API calls them: integration-api.md 13.

A refusal commits what was written before it. The signature of an approval is not verified here:
the caller did that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations.decisions import decisions
from operations.decisions.decisions import Attempt, Decision
from operations.models import ID_LENGTH, Operation, OperationStatus
from powerauth.engine.applications import applications
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.v3.signature import SignatureType
from powerauth.rules import filled, fitting, given, not_blank

REASON_LENGTH = 32  # characters of a status reason


@commits_refusals
def approve(
    operation_id: str | None,
    *,
    user_id: str | None,
    application_id: str | None,
    data: str | None,
    signature_type: SignatureType | None,
    additional_data: Mapping[str, Any] | None,
    at: datetime,
) -> Decision:
    """Approve an operation after its signature was verified.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_APPROVABLE, APPLICATION_NOT_FOUND.

    Source: integration-api.md 13.6.
    """
    operation_id = filled("operationId", operation_id)
    user_id = not_blank("userId", user_id, ID_LENGTH)
    application_id = not_blank("applicationId", application_id, ID_LENGTH)
    data = filled("data", data)
    signature_type = given("signatureType", signature_type)
    locked = decisions.lock(operation_id, application_id=application_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE)
    applications.get(application_id)
    attempt = Attempt(
        user_id=user_id,
        data=data,
        signature_type=signature_type,
        additional_data=additional_data or {},
        answered=_activation_in(additional_data),
    )
    return decisions.decide_approval(locked, attempt, at=at)


@commits_refusals
def fail(
    operation_id: str | None, *, additional_data: Mapping[str, Any] | None, at: datetime
) -> Decision:
    """Count an attempt to approve whose signature was wrong.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_FOUND, OPERATION_STATE.

    Source: integration-api.md 13.9.
    """
    operation = _pending(operation_id, at=at)
    return decisions.count_failure(operation, additional_data or {}, at=at)


@commits_refusals
def reject(
    operation_id: str | None,
    *,
    user_id: str | None,
    application_id: str | None,
    additional_data: Mapping[str, Any] | None,
    at: datetime,
) -> Decision:
    """Reject an operation for its user.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_REJECTABLE, APPLICATION_NOT_FOUND.

    Source: integration-api.md 13.10.
    """
    operation_id = filled("operationId", operation_id)
    user_id = not_blank("userId", user_id, ID_LENGTH)
    application_id = not_blank("applicationId", application_id, ID_LENGTH)
    locked = decisions.lock(operation_id, application_id=application_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_REJECTABLE)
    applications.get(application_id)
    return decisions.decide_rejection(
        locked,
        user_id=user_id,
        additional_data=additional_data or {},
        at=at,
        answered=_activation_in(additional_data),
    )


@commits_refusals
def cancel(
    operation_id: str | None,
    *,
    reason: str | None,
    additional_data: Mapping[str, Any] | None,
    at: datetime,
) -> Operation:
    """Cancel an operation for the bank.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_FOUND, OPERATION_STATE.

    Source: integration-api.md 13.11.
    """
    fitting("statusReason", reason, REASON_LENGTH)
    operation = _pending(operation_id, at=at)
    decisions.change(
        operation,
        ErrorCode.OPERATION_STATE,
        at=at,
        status=OperationStatus.CANCELED,
        status_reason=reason or "",
        additional_data=decisions.merged(operation, additional_data or {}),
    )
    return operation


@commits_refusals
def claim(operation_id: str | None, *, user_id: str | None, at: datetime) -> Operation:
    """Give an operation to a user if it is pending and has none.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_FOUND.

    Source: integration-api.md 13.5.
    """
    operation_id = filled("operationId", operation_id)
    user_id = not_blank("userId", user_id, ID_LENGTH)
    locked = decisions.lock(operation_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    decisions.claim_locked(locked.row, user_id=user_id, at=at)
    return locked.row


@commits_refusals
def release(operation_id: str | None, *, user_id: str | None, at: datetime) -> Operation:
    """Take a claimed operation from its user; one that nobody has stays as it is.

    Args:
        user_id: who has to have it; None for anybody.

    Raises:
        EngineRefusal: INVALID_REQUEST, OPERATION_NOT_FOUND, OPERATION_STATE.
    """
    operation_id = filled("operationId", operation_id)
    if user_id is not None:
        not_blank("userId", user_id, ID_LENGTH)
    locked = decisions.lock(operation_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    decisions.release_locked(locked.row, user_id=user_id, at=at)
    return locked.row


def _activation_in(additional_data: Mapping[str, Any] | None) -> str | None:
    """Give the activation by which a user decided, if the back end says which: 13.6."""
    activation_id = (additional_data or {}).get("activationId")
    return activation_id if isinstance(activation_id, str) else None


def _pending(operation_id: str | None, *, at: datetime) -> Operation:
    locked = decisions.lock(filled("operationId", operation_id))
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    if locked.row.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)
    return locked.row
