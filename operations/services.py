"""The verbs of an operation as the integration API calls them: integration-api.md 13.

A refusal commits what was written before it. The signature of an approval is not verified here:
the caller did that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations import decisions
from operations.decisions import Attempt, Decision
from operations.models import ID_LENGTH, Operation, OperationStatus
from powerauth.engine import applications
from powerauth.engine.transactions import commits_refusals
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.protocol.signature import SignatureType

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
    if not operation_id or not data or signature_type is None:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    user_id = _given(user_id)
    application_id = _given(application_id)
    locked = decisions.lock(operation_id, application_id=application_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE)
    applications.get(application_id)
    attempt = Attempt(
        user_id=user_id,
        data=data,
        signature_type=signature_type,
        additional_data=additional_data or {},
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
    if not operation_id:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    user_id = _given(user_id)
    application_id = _given(application_id)
    locked = decisions.lock(operation_id, application_id=application_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_REJECTABLE)
    applications.get(application_id)
    return decisions.decide_rejection(
        locked, user_id=user_id, additional_data=additional_data or {}, at=at
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
    if len(reason or "") > REASON_LENGTH:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
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
    if not operation_id:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    user_id = _given(user_id)
    locked = decisions.lock(operation_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    decisions.claim_locked(locked.row, user_id=user_id, at=at)
    return locked.row


def _pending(operation_id: str | None, *, at: datetime) -> Operation:
    if not operation_id:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    locked = decisions.lock(operation_id)
    if locked is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    if locked.row.status_at(at) is not OperationStatus.PENDING:
        raise EngineRefusal(ErrorCode.OPERATION_STATE)
    return locked.row


def _given(text: str | None) -> str:
    """Give an identifier that is there, is not blank and fits its column."""
    if not text or not text.strip() or len(text) > ID_LENGTH:
        raise EngineRefusal(ErrorCode.INVALID_REQUEST)
    return text
