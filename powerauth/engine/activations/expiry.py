"""The end of activations that nobody finished: integration-api.md 6.3."""

from datetime import datetime

from django.db import transaction

from powerauth.engine.activations import activations
from powerauth.models import Activation

BATCH = 100  # rows that one transaction locks


def expire(*, at: datetime, batch: int = BATCH) -> int:
    """Remove pending activations whose time is over, with history and callback; give how many.

    Rows that somebody else has locked are left to the next run, so any number of these jobs may
    run at once, beside phones that are just finishing.
    """
    total = 0
    while removed := _expire_batch(at=at, batch=batch):
        total += removed
    return total


@transaction.atomic
def _expire_batch(*, at: datetime, batch: int) -> int:
    overdue = (
        Activation.objects.filter(state__in=activations.PENDING_STATES, expires_at__lt=at)
        .select_for_update(skip_locked=True)
        .order_by("expires_at")[:batch]
    )
    return sum(activations.remove_expired(activation, at=at) for activation in overdue)
