"""Operations on a PowerAuth Server elsewhere, with the form templates of our own database.

Whose an operation is and what state it has is looked at here before the server decides, so that a
stranger can neither learn of an operation nor use up its attempts: mobile-token-api.md 4.6.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from enrollment_server.api.errors import ApiError
from operations import errors, policy
from operations.backends import remote_calls
from operations.decisions.ownership import (
    PENDING,
    belongs_to,
    check_decidable,
    check_flag,
    check_pending,
    has_flag,
)
from operations.templates.form_selection import best_forms
from operations.values import (
    Approval,
    Caller,
    FailedApproval,
    OperationFacts,
    Rejection,
    Result,
)
from powerauth.errors import EngineRefusal, ErrorCode, RemoteFailure
from powerauth.remote import activations

T = TypeVar("T")
# One that is removed, or was never committed, speaks for nobody.
_STATES_IN_USE = ("ACTIVE", "BLOCKED")
_FAILURES = (Result.APPROVAL_FAILED, Result.OPERATION_FAILED)
_APPROVALS = (Result.APPROVED, *_FAILURES)
_REJECTIONS = (Result.REJECTED, Result.REJECT_FAILED)
# What the server says where the operation has changed since it was looked at.
_OVERTAKEN = frozenset(
    {
        ErrorCode.OPERATION_STATE,
        ErrorCode.OPERATION_NOT_APPROVABLE,
        ErrorCode.OPERATION_NOT_REJECTABLE,
    }
)


class RemoteBackend:
    """Implements `base.OperationBackend`; the server decides races, and no call is repeated."""

    def pending(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        found = remote_calls.listed("operation/list/pending", caller, limit=policy.list_limit())
        waiting = [one for one in found if one.status == PENDING and one.expires_at >= at]
        return _shown(waiting, caller, language=language)

    def history(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        found = remote_calls.listed("operation/list", caller, limit=policy.list_limit())
        return _shown(found, caller, language=language)

    def detail(
        self, operation_id: str, caller: Caller, *, language: str, at: datetime
    ) -> OperationFacts:
        operation = _visible(operation_id, caller, unknown=errors.OperationNotFound)
        if not belongs_to(operation, caller):
            raise errors.ForeignOperation
        check_pending(operation)
        return _with_forms([operation], language=language)[0]

    def claim(
        self,
        operation_id: str,
        caller: Caller,
        *,
        language: str,
        at: datetime,
        present: Callable[[OperationFacts], T],
    ) -> T:
        operation = _visible(operation_id, caller, unknown=errors.OperationNotFound)
        if operation.user_id not in ("", caller.user_id):
            raise errors.OperationNotFound
        if not belongs_to(operation, caller):
            raise errors.ForeignOperation
        check_pending(operation)
        check_decidable(operation, caller)
        # Before it is claimed: what cannot be shown stays unclaimed.
        present(_with_forms([operation], language=language)[0])
        claimed = remote_calls.claim(operation_id, caller)
        if claimed.user_id != caller.user_id:
            raise errors.OperationNotFound
        check_pending(claimed)
        return present(_with_forms([claimed], language=language)[0])

    def approve(self, approval: Approval, *, at: datetime) -> None:
        caller = approval.caller
        operation = _visible(approval.operation_id, caller, unknown=errors.ApprovalImpossible)
        # A stranger must not be able to use up the attempts of the owner.
        if not belongs_to(operation, caller):
            raise errors.ApprovalRefused
        check_pending(operation)
        check_flag(operation, caller)
        asked = {
            "operationId": approval.operation_id,
            "userId": caller.user_id,
            "applicationId": caller.application_id,
            "data": approval.data,
            "signatureType": approval.signature_type.name,
            "additionalData": approval.additional_data,
        }
        with _races_told(approval.operation_id, caller, lost=errors.ApprovalImpossible):
            outcome = remote_calls.decide("operation/approve", asked, caller, *_APPROVALS)
        if outcome.result is Result.OPERATION_FAILED:
            raise errors.OperationAlreadyFailed
        if outcome.result is Result.APPROVAL_FAILED:
            check_pending(outcome.operation)
            raise errors.ApprovalRefused

    def reject(self, rejection: Rejection, *, at: datetime) -> None:
        caller = rejection.caller
        operation = _visible(rejection.operation_id, caller, unknown=errors.RejectionImpossible)
        if not belongs_to(operation, caller):
            raise errors.RejectionRefused
        check_pending(operation)
        check_flag(operation, caller)
        asked = {
            "operationId": rejection.operation_id,
            "userId": caller.user_id,
            "applicationId": caller.application_id,
            "additionalData": rejection.additional_data,
        }
        with _races_told(rejection.operation_id, caller, lost=errors.RejectionImpossible):
            outcome = remote_calls.decide("operation/reject", asked, caller, *_REJECTIONS)
        if outcome.result is Result.REJECT_FAILED:
            check_pending(outcome.operation)
            raise errors.RejectionRefused

    def report_failed_approval(self, report: FailedApproval, *, at: datetime) -> None:
        caller = _caller_of(report.activation_id)
        if caller is None:
            return
        operation = _visible(report.operation_id, caller, unknown=errors.ApprovalImpossible)
        # Nobody may exhaust an operation by naming an activation that has no part in it.
        if not operation.user_id or not belongs_to(operation, caller):
            return
        check_pending(operation)
        asked = {"operationId": report.operation_id, "additionalData": report.additional_data}
        with _races_told(report.operation_id, caller, lost=errors.ApprovalImpossible):
            outcome = remote_calls.decide("operation/approve/fail", asked, caller, *_FAILURES)
        if outcome.result is Result.OPERATION_FAILED:
            raise errors.OperationAlreadyFailed


def _visible(operation_id: str, caller: Caller, *, unknown: type[ApiError]) -> OperationFacts:
    """Give an operation as the caller sees it; raise `unknown` where there is none."""
    try:
        return remote_calls.detail(operation_id, caller)
    except EngineRefusal as refusal:
        if refusal.code is ErrorCode.OPERATION_NOT_FOUND:
            raise unknown from refusal
        raise


@contextmanager
def _races_told(operation_id: str, caller: Caller, *, lost: type[ApiError]) -> Iterator[None]:
    """Tell a loser of a race the state in which the operation is by now."""
    try:
        yield
    except EngineRefusal as refusal:
        if refusal.code not in _OVERTAKEN:
            raise
        check_pending(_visible(operation_id, caller, unknown=lost))
        raise lost from refusal


def _shown(found: list[OperationFacts], caller: Caller, *, language: str) -> list[OperationFacts]:
    """Keep what the caller may see, whatever the server has selected; add texts."""
    visible = [
        one
        for one in found
        if one.user_id == caller.user_id
        and belongs_to(one, caller)
        # An activation without any flag sees flagged operations, though it cannot approve them.
        and (not caller.flags or has_flag(one, caller))
    ]
    visible.sort(key=lambda one: one.id)
    visible.sort(key=lambda one: one.created_at, reverse=True)
    return _with_forms(visible, language=language)


def _with_forms(found: list[OperationFacts], *, language: str) -> list[OperationFacts]:
    forms = best_forms((one.operation_type for one in found), language=language)
    return [replace(one, form=forms.get(one.operation_type)) for one in found]


def _caller_of(activation_id: str) -> Caller | None:
    """Give the caller that an activation in use stands for."""
    try:
        activation = activations.facts(activation_id)
    except RemoteFailure:
        raise
    except EngineRefusal:
        return None
    if activation.state not in _STATES_IN_USE:
        return None
    return Caller(
        user_id=activation.user_id,
        application_id=activation.application_id,
        activation_id=activation.activation_id,
        flags=activation.flags,
    )
