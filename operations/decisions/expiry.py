"""The end of operations that nobody decided about: integration-api.md 13.3."""

from datetime import datetime

from django.db import transaction

from operations.decisions import callbacks
from operations.models import Operation, OperationStatus
from operations.ringing import announcing

BATCH = 100  # rows that one transaction locks


def expire(*, at: datetime, batch: int = BATCH) -> int:
    """Mark pending operations whose time is over; give how many.

    Their back ends are told, and their users' phones.

    Rows that somebody else has locked are left to the next run: it never overrides a decision, and
    any number of these jobs may run at once.
    """
    total = 0
    while expired := _expire_batch(at=at, batch=batch):
        total += expired
    return total


@transaction.atomic
def _expire_batch(*, at: datetime, batch: int) -> int:
    overdue = list(
        Operation.objects.filter(status=OperationStatus.PENDING, expires_at__lt=at)
        .select_for_update(of=("self",), skip_locked=True)
        .with_application_ids()
        .order_by("expires_at")[:batch]
    )
    keys = [operation.pk for operation in overdue]
    Operation.objects.filter(pk__in=keys).update(status=OperationStatus.EXPIRED)
    for operation in overdue:
        operation.status = OperationStatus.EXPIRED
        callbacks.write(operation, operation.application_ids or [], at=at)
        announcing.ended(operation, at=at)
    return len(overdue)
