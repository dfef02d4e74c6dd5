"""The end of delivered events: integration-api.md 11.4. Failed ones stay, to be sent again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from powerauth.engine.callbacks import callbacks
from powerauth.models import Callback, CallbackEvent, CallbackEventState

BATCH = 1000  # rows that one transaction deletes


def prune_finished(*, at: datetime, batch: int = BATCH) -> int:
    """Delete events whose retention has ended, in short transactions; give how many.

    These are the delivered ones, and what waits for a callback that has been removed for as long.
    """
    total = 0
    for callback in Callback.objects.order_by("pk"):
        rows = _served(callback, at - callbacks.retention_of(callback))
        while deleted := _delete_batch(rows, batch):
            total += deleted
    return total


def _served(callback: Callback, since: datetime) -> QuerySet[CallbackEvent]:
    served = Q(state=CallbackEventState.COMPLETED, finished_at__lt=since)
    if not callback.enabled:
        served |= Q(state=CallbackEventState.PENDING, created_at__lt=since)
    return CallbackEvent.objects.filter(served, callback=callback)


@transaction.atomic
def _delete_batch(rows: QuerySet[CallbackEvent], batch: int) -> int:
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("created_at")
    keys = list(locked.values_list("pk", flat=True)[:batch])
    if keys:
        CallbackEvent.objects.filter(pk__in=keys).delete()
    return len(keys)
