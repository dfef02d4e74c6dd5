"""The end of rows that have served: replay memory and temporary keys (integration-api.md 15)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from powerauth.models import TemporaryKey, UniqueValue

BATCH = 1000  # rows that one transaction deletes


def prune_unique_values(*, at: datetime, batch: int = BATCH) -> int:
    """Forget the values that no request could repeat any more; give how many."""
    return _delete_in_batches(UniqueValue.objects.filter(expires_at__lt=at), batch)


def prune_temporary_keys(*, at: datetime, batch: int = BATCH) -> int:
    """Delete the temporary keys that no request can use any more; give how many."""
    return _delete_in_batches(TemporaryKey.objects.filter(expires_at__lt=at), batch)


def _delete_in_batches(rows: QuerySet[Any], batch: int) -> int:
    """Delete rows in short transactions; what another job has locked is left to that job."""
    total = 0
    while deleted := _delete_batch(rows, batch):
        total += deleted
    return total


@transaction.atomic
def _delete_batch(rows: QuerySet[Any], batch: int) -> int:
    locked = rows.select_for_update(skip_locked=True).order_by("expires_at")
    keys = list(locked.values_list("pk", flat=True)[:batch])
    if keys:
        rows.filter(pk__in=keys).delete()
    return len(keys)
