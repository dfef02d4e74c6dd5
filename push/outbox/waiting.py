"""Waiting for the answers of providers to one's own messages: push-and-inbox.md 4.1.

The worker sends; who waits here only looks, without a transaction. Few threads of a process may
wait at once: the others go on serving phones, and answer such calls at once with what is pending.
"""

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from push.models import DeliveryState, PushDelivery

_FIRST_LOOK_S = 0.05
_LONGEST_LOOK_S = 0.5
_OPEN = (DeliveryState.PENDING, DeliveryState.PROCESSING)
_KINDS = {DeliveryState.SENT: "sent", **dict.fromkeys(_OPEN, "pending")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What became of messages by one provider; each device counts."""

    sent: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def total(self) -> int:
        return self.sent + self.failed + self.pending


def wait(message_ids: Collection[int], *, timeout_s: float) -> None:
    """Wait until nothing more can become of some messages in time, or the time is over.

    Returns at once where too many threads of this process wait already.
    """
    if not message_ids or not _room().acquire(blocking=False):
        return
    try:
        until, pause_s = time.monotonic() + timeout_s, _FIRST_LOOK_S
        last = timezone.now() + timedelta(seconds=timeout_s)
        while (left := until - time.monotonic()) > 0 and _is_open(message_ids, until=last):
            time.sleep(min(pause_s, left))
            pause_s = min(pause_s * 1.5, _LONGEST_LOOK_S)
    finally:
        _room().release()


def count(message_ids: Collection[int]) -> dict[str, Counters]:
    """Count what became of some messages, by platform."""
    rows = (
        PushDelivery.objects.filter(message_id__in=message_ids)
        .values_list("platform", "state")
        .annotate(number=Count("pk"))
        .order_by()
    )
    found: dict[str, Counter[str]] = {}
    for platform, state, number in rows:
        found.setdefault(platform, Counter())[_KINDS.get(state, "failed")] += number
    return {platform: Counters(**kinds) for platform, kinds in found.items()}


def _is_open(message_ids: Collection[int], *, until: datetime) -> bool:
    """Tell whether a worker may send some of it until then."""
    rests = Q(state=DeliveryState.PENDING) & (
        Q(next_attempt_at__gt=until) | Q(channel__open_until__gt=until)
    )
    rows = PushDelivery.objects.filter(message_id__in=message_ids, state__in=_OPEN)
    return rows.exclude(rests).exists()


@cache
def _room() -> BoundedSemaphore:
    return BoundedSemaphore(max(1, settings.WEB_THREADS // 4))
