"""Whose an operation is, and whether it still waits: the checks before every action.

Ownership comes before the state, so that a stranger learns nothing of a foreign operation.
Source: mobile-token-api.md 3.4, 4.3 and 4.5.
"""

from enrollment_server.api.errors import ApiError
from operations import errors
from operations.values import Caller, OperationFacts
from powerauth.models import Activation, ActivationState

PENDING = "PENDING"
# What `operation/authorize` takes, whatever else an operation allows: mobile-token-api.md 2.1.
PHONE_FACTORS = frozenset({"POSSESSION", "POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"})
# One that is removed, or was never committed, speaks for nobody.
STATES_IN_USE = (ActivationState.ACTIVE, ActivationState.BLOCKED)

_STATE_ERRORS: dict[str, type[ApiError]] = {
    "APPROVED": errors.OperationAlreadyFinished,
    "REJECTED": errors.OperationAlreadyFinished,
    "CANCELED": errors.OperationAlreadyCanceled,
    "EXPIRED": errors.OperationExpired,
    "FAILED": errors.OperationAlreadyFailed,
}


def caller_of(activation: Activation) -> Caller:
    """Give the caller that an activation stands for."""
    return Caller(
        user_id=activation.user_id,
        application_id=activation.application_id,
        activation_id=str(activation.pk),
        flags=tuple(activation.flags),
    )


def belongs_to(operation: OperationFacts, caller: Caller) -> bool:
    """Tell whether a caller may see an operation: their own, or one that nobody has claimed."""
    return (
        operation.user_id in ("", caller.user_id)
        and operation.in_application
        and operation.activation_id in ("", caller.activation_id)
    )


def check_pending(operation: OperationFacts) -> None:
    """Let a pending operation pass.

    Raises:
        ApiError: the state error of any other.
    """
    if operation.status != PENDING:
        # A server elsewhere may know more states than this one.
        raise _STATE_ERRORS.get(operation.status, errors.ApprovalImpossible)


def check_decidable(operation: OperationFacts, caller: Caller) -> None:
    """Let a caller take an operation over who can then decide about it.

    Raises:
        ActivationFlagRequired: the activation lacks the flag that the operation needs.
        ApprovalImpossible: no phone can sign as the operation wants it.
    """
    check_flag(operation, caller)
    if PHONE_FACTORS.isdisjoint(operation.signature_types):
        raise errors.ApprovalImpossible


def has_flag(operation: OperationFacts, caller: Caller) -> bool:
    """Tell whether an activation has the flag that the operation needs, if it needs one."""
    return operation.activation_flag in ("", *caller.flags)


def check_flag(operation: OperationFacts, caller: Caller) -> None:
    """Let an activation decide that has the flag which the operation needs.

    Raises:
        ActivationFlagRequired: it has not.
    """
    if not has_flag(operation, caller):
        raise errors.ActivationFlagRequired(operation.activation_flag)
