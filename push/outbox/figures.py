"""What becomes of attempts, and what waits, for those who watch."""

from collections import Counter as Numbers
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from prometheus_client import Counter

from push.models import DeliveryState, Platform, PushChannel, PushDelivery, PushMessage

MOST_REASONS = 100  # that become labels in one process; a provider may make up any number
OTHER = "other"
DELIVERIES = Counter(
    "push_deliveries", "Attempts to deliver a push message", ["platform", "outcome", "reason"]
)
# One question a state: each has an index of its own, which one for both would not use.
_UNDELIVERED = (DeliveryState.PENDING, DeliveryState.PROCESSING)
_known: set[str] = set()

Kind = tuple[str, str, str]
"""Platform, outcome (a state) and reason of an attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one provider, and how many applications cannot reach it.

    Args:
        oldest: when the oldest message that waits was written.
        refused: applications whose credentials it refuses.
        paused: applications for which it is left alone for a while.
    """

    length: int = 0
    oldest: datetime | None = None
    refused: int = 0
    paused: int = 0


def ended(kinds: Mapping[Kind, int]) -> None:
    """Count attempts that have ended."""
    for (platform, outcome, reason), number in kinds.items():
        DELIVERIES.labels(platform, outcome, _label(reason)).inc(number)


def look(*, at: datetime) -> dict[Platform, Queue]:
    """Count what waits, by platform; at most four statements."""
    lengths: Numbers[str] = Numbers()
    firsts: dict[str, int] = {}
    for state in _UNDELIVERED:
        rows = PushDelivery.objects.filter(state=state).values_list("platform").order_by()
        # Keys rise with time: the first one tells the oldest without a look at all messages.
        for platform, number, first in rows.annotate(Count("pk"), Min("message_id")):
            lengths[platform] += number
            firsts[platform] = min(first, firsts.get(platform, first))
    written = dict(
        PushMessage.objects.filter(pk__in=firsts.values()).values_list("pk", "created_at")
    )
    ways = _ways(at=at)
    return {
        platform: Queue(
            length=lengths[platform],
            oldest=written.get(firsts.get(platform, 0)),
            refused=ways.get(platform, (0, 0))[0],
            paused=ways.get(platform, (0, 0))[1],
        )
        for platform in Platform
    }


def _ways(*, at: datetime) -> dict[str, tuple[int, int]]:
    refused = Count("pk", filter=Q(refused_at__isnull=False))
    paused = Count("pk", filter=Q(refused_at=None, open_until__gt=at))
    rows = PushChannel.objects.filter(enabled=True).values_list("platform").order_by()
    counted = rows.annotate(refused=refused, paused=paused)
    return {platform: (number, others) for platform, number, others in counted}


def _label(reason: str) -> str:
    if reason not in _known:
        if len(_known) >= MOST_REASONS:
            return OTHER
        _known.add(reason)
    return reason
