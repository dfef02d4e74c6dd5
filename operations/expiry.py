"""The end of operations that nobody decided about: integration-api.md 13.3."""

from datetime import datetime

from operations.models import Operation, OperationStatus

BATCH = 100  # rows that one statement changes


def expire(*, at: datetime, batch: int = BATCH) -> int:
    """Mark pending operations whose time is over; give how many.

    Each statement looks at the state again: it never overrides a decision, and any number of these
    jobs may run at once.
    """
    total = 0
    overdue = Operation.objects.filter(status=OperationStatus.PENDING, expires_at__lt=at)
    while keys := list(overdue.order_by("expires_at").values_list("pk", flat=True)[:batch]):
        total += overdue.filter(pk__in=keys).update(status=OperationStatus.EXPIRED)
    return total
