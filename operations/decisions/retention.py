"""The end of operations that were finished long ago."""

from datetime import datetime, timedelta

from django.db.models import Q

from operations.models import Operation, OperationStatus
from operations.policy import retention_days
from powerauth.engine import batches
from powerauth.engine.batches import BATCH

FINISHED = [status for status in OperationStatus if status is not OperationStatus.PENDING]


def prune_finished(*, at: datetime, batch: int = BATCH) -> int:
    """Delete operations that were decided or expired before the configured days; give how many.

    What is pending stays, however old it is.
    """
    days = retention_days()
    if not days:
        return 0
    since = at - timedelta(days=days)
    ended = Q(finalized_at__lt=since) | Q(finalized_at=None, expires_at__lt=since)
    # An operation ends after it began: this is what the index finds the few old ones by.
    rows = Operation.objects.filter(ended, status__in=FINISHED, created_at__lt=since)
    return batches.delete(rows, order_by="created_at", batch=batch)
