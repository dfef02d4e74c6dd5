"""How much waits to be delivered, for those who watch."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from powerauth.models import CallbackEvent, CallbackEventState

# One question a state: each has an index of its own, which one for both would not use.
_UNDELIVERED = (CallbackEventState.PENDING, CallbackEventState.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The events that enabled callbacks have not been told of."""

    length: int
    oldest: datetime | None


def look() -> Queue:
    """Count what waits; what a disabled callback misses does not."""
    found = [
        CallbackEvent.objects.filter(state=state, callback__enabled=True).aggregate(
            length=Count("pk"), oldest=Min("created_at")
        )
        for state in _UNDELIVERED
    ]
    oldest = [one["oldest"] for one in found if one["oldest"] is not None]
    return Queue(length=sum(one["length"] for one in found), oldest=min(oldest) if oldest else None)
