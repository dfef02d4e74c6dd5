"""Operations in our own database: what phones may do, on top of the rules of the engine.

Each method is one transaction. What it decides is committed before it refuses: a counted failure
must not be undone by the error that reports it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from operations import errors
from operations.decisions import at_once, decisions, selection
from operations.decisions.decisions import Attempt, Locked
from operations.decisions.ownership import (
    STATES_IN_USE,
    belongs_to,
    caller_of,
    check_decidable,
    check_flag,
    check_pending,
)
from operations.values import (
    Approval,
    Caller,
    FailedApproval,
    OperationFacts,
    Rejection,
    Result,
)
from powerauth.engine.activations import activations

T = TypeVar("T")


class EmbeddedBackend:
    """Implements `base.OperationBackend`."""

    def pending(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        return selection.pending(caller, language=language, at=at)

    def history(self, caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
        return selection.history(caller, language=language, at=at)

    def detail(
        self, operation_id: str, caller: Caller, *, language: str, at: datetime
    ) -> OperationFacts:
        operation = selection.find(operation_id, caller, language=language, at=at)
        if operation is None:
            raise errors.OperationNotFound
        if not belongs_to(operation, caller):
            raise errors.ForeignOperation
        check_pending(operation)
        return operation

    def claim(
        self,
        operation_id: str,
        caller: Caller,
        *,
        language: str,
        at: datetime,
        present: Callable[[OperationFacts], T],
    ) -> T:
        with transaction.atomic():
            locked = decisions.lock(operation_id, application_id=caller.application_id)
            if locked is None or locked.row.user_id not in ("", caller.user_id):
                raise errors.OperationNotFound
            operation = _facts(locked, at=at)
            if not belongs_to(operation, caller):
                raise errors.ForeignOperation
            check_pending(operation)
            check_decidable(operation, caller)
            decisions.claim_locked(locked.row, user_id=caller.user_id, at=at)
            # Before the end of the transaction: what cannot be shown stays unclaimed.
            return present(self.detail(operation_id, caller, language=language, at=at))

    def approve(self, approval: Approval, *, at: datetime) -> None:
        caller = approval.caller
        attempt = Attempt(
            user_id=caller.user_id,
            data=approval.data,
            signature_type=approval.signature_type,
            additional_data=approval.additional_data,
            answered=caller.activation_id,
        )
        seen = at_once.see(approval.operation_id, application_id=caller.application_id)
        if seen is not None:
            _check_approvable(seen, caller, at=at)
            if at_once.approve(seen, attempt, at=at):
                return
        with transaction.atomic():
            locked = decisions.lock(approval.operation_id, application_id=caller.application_id)
            if locked is None:
                raise errors.ApprovalImpossible
            _check_approvable(locked, caller, at=at)
            decision = decisions.decide_approval(locked, attempt, at=at)
        match decision.result:
            case Result.APPROVED:
                return
            case Result.OPERATION_FAILED:
                raise errors.OperationAlreadyFailed(log=decisions.log_details(decision))
            case _:
                raise errors.ApprovalRefused(log=decisions.log_details(decision))

    def reject(self, rejection: Rejection, *, at: datetime) -> None:
        caller = rejection.caller
        with transaction.atomic():
            locked = decisions.lock(rejection.operation_id, application_id=caller.application_id)
            if locked is None:
                raise errors.RejectionImpossible
            operation = _facts(locked, at=at)
            if not belongs_to(operation, caller):
                raise errors.RejectionRefused
            check_pending(operation)
            check_flag(operation, caller)
            decision = decisions.decide_rejection(
                locked,
                user_id=caller.user_id,
                additional_data=rejection.additional_data,
                at=at,
                answered=caller.activation_id,
            )
        if decision.result is not Result.REJECTED:
            raise errors.RejectionRefused

    def report_failed_approval(self, report: FailedApproval, *, at: datetime) -> None:
        activation = activations.find(report.activation_id)
        if activation is None or activation.state not in STATES_IN_USE:
            return
        with transaction.atomic():
            locked = decisions.lock(report.operation_id, application_id=activation.application_id)
            if locked is None:
                raise errors.ApprovalImpossible
            operation = _facts(locked, at=at)
            # Nobody may exhaust an operation by naming an activation that has no part in it.
            if not operation.user_id or not belongs_to(operation, caller_of(activation)):
                return
            check_pending(operation)
            decision = decisions.count_failure(locked.row, report.additional_data, at=at)
        if decision.result is Result.OPERATION_FAILED:
            raise errors.OperationAlreadyFailed


def _check_approvable(locked: Locked, caller: Caller, *, at: datetime) -> None:
    operation = _facts(locked, at=at)
    # A stranger must not be able to use up the attempts of the owner.
    if not belongs_to(operation, caller):
        raise errors.ApprovalRefused
    check_pending(operation)
    check_flag(operation, caller)


def _facts(locked: Locked, *, at: datetime) -> OperationFacts:
    return selection.facts_of(locked.row, in_application=locked.in_application, at=at)
