"""What the apps of a user hear of an operation: push-and-inbox.md 11.

Neither data nor amounts are for apps, which load them themselves: what is sent passes others.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from operations.models import Operation, OperationStatus
from operations.ringing.texts import Texts
from powerauth.announcements import Announcement, announce
from powerauth.models import Activation, ActivationState

# An app that hears of it later has loaded its list since.
NEWS_VALID = timedelta(hours=1)

RESULTS: Mapping[str, str] = {
    OperationStatus.APPROVED: "authentication.success",
    OperationStatus.FAILED: "authentication.fail",
    OperationStatus.EXPIRED: "operation.timeout",
    OperationStatus.CANCELED: "operation.canceled",
    # Apps know this word as the user's own decision.
    OperationStatus.REJECTED: "operation.canceled",
}


Told = Sequence[str] | None
"""The activations that are told; None for all that the user has."""

NOBODY: Told = []


def concerned(operation: Operation) -> Told:
    """Give the activations that could decide about an operation of a user."""
    if operation.activation_id:
        return [operation.activation_id]
    if not operation.activation_flag:
        return None
    rows = Activation.objects.filter(
        user_id=operation.user_id,
        application_id__in=operation.known_application_ids(),
        state=ActivationState.ACTIVE,
    )
    flags = rows.values_list("id", "flags")
    return [str(key) for key, flagged in flags if operation.activation_flag in flagged]


def created(operation: Operation, told: Told, texts: Texts, *, at: datetime) -> None:
    """Tell phones that an operation waits, in the transaction that made it.

    Args:
        operation: with `application_ids`, of a user.
        texts: without any, no phone rings.
    """
    announce(
        Announcement(
            user_id=operation.user_id,
            application_ids=operation.known_application_ids(),
            cause=f"operation:{operation.pk}",
            category=operation.operation_type,
            texts=texts,
            silent=not texts,
            extras=_extras(operation, "mtoken.operationInit"),
            activation_ids=told,
            valid_until=operation.expires_at,
        ),
        at=at,
    )


def ended(operation: Operation, *, at: datetime, besides: str | None = None) -> None:
    """Tell the phones quietly that an operation waits no more, in the transaction of its end.

    Whoever was not told that it waits hears nothing; nor does anybody while it goes on waiting.

    Args:
        operation: with `application_ids`, as it is after its end.
        besides: the activation whose phone knows already.
    """
    if operation.announced and operation.status in RESULTS:
        announce(end_of(operation, besides=besides, at=at), at=at)


def end_of(operation: Operation, *, at: datetime, besides: str | None = None) -> Announcement:
    """Give what phones are told of the end of an operation; see `ended`."""
    result = RESULTS[operation.status]
    return Announcement(
        user_id=operation.user_id,
        application_ids=operation.known_application_ids(),
        cause=f"operation:{operation.pk}",
        category=operation.operation_type,
        silent=True,
        extras={
            **_extras(operation, "mtoken.operationFinished"),
            "mtokenOperationResult": result,
        },
        activation_ids=[operation.activation_id] if operation.activation_id else None,
        besides=besides,
        valid_until=at + NEWS_VALID,
    )


def _extras(operation: Operation, message_type: str) -> Mapping[str, str]:
    return {
        "messageType": message_type,
        "operationId": str(operation.pk),
        "operationName": operation.operation_type,
    }
