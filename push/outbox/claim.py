"""Taking deliveries over, so that each is in one worker's hands.

A delivery in hands is PROCESSING under a lease. Who dies leaves a lease that ends, and the delivery
goes back. Attempts are counted when they begin: one whose attempt kills its worker is given up in
the end.
"""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from push.models import DeliveryState, PushChannel, PushDelivery
from push.outbox import policy
from push.outbox.reasons import WORKER_ENDED

PER_PROVIDER = 256  # attempts that one worker has on the way by one provider, of all applications
PER_CHANNEL = 128  # of them, those of one application: another one always finds room
PER_FAILING_CHANNEL = 4  # one that fails must not bind much
ENDED_BATCH = 500  # rows that one transaction changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Deliveries with their messages that are ours now, of one application by one provider."""

    channel: PushChannel
    deliveries: Sequence[PushDelivery]


def give_back_ended(*, at: datetime) -> int:
    """Let deliveries wait again whose worker did not report in time; fail those out of attempts."""
    return _return(PushDelivery.objects.filter(lease_until__lte=at), at=at, batch=ENDED_BATCH)


def give_back(deliveries: Collection[PushDelivery], *, at: datetime) -> None:
    """Let deliveries wait again at once that this worker still holds, and does not finish."""
    held = Q(pk__in=[])
    for lease in {delivery.lease_until for delivery in deliveries}:
        keys = [delivery.pk for delivery in deliveries if delivery.lease_until == lease]
        held |= Q(pk__in=keys, lease_until=lease)
    _return(PushDelivery.objects.filter(held), at=at, batch=len(deliveries))


def expire_overdue(*, at: datetime) -> int:
    """Let deliveries end that wait, and that nobody needs any more."""
    overdue = PushDelivery.objects.filter(state=DeliveryState.PENDING, expires_at__lte=at)
    with transaction.atomic(durable=True):
        return _locked(overdue, ENDED_BATCH).update(state=DeliveryState.EXPIRED, finished_at=at)


def take_due(
    *, at: datetime, on_the_way: Mapping[int, int], of_provider: Mapping[str, int]
) -> list[Taken]:
    """Take over due deliveries, the oldest of each application first; committed on return.

    The room of a provider is shared among the applications that have something due.

    Args:
        on_the_way: how many deliveries this worker is sending, by channel.
        of_provider: the same by platform.
    """
    taken: list[Taken] = []
    candidates = list(_with_due(at))
    random.shuffle(candidates)  # none is always the last where there is not room for all
    rivals = Counter(channel.platform for channel in candidates)
    used = Counter(of_provider)
    for channel in candidates:
        share = max(1, PER_PROVIDER // rivals[channel.platform])
        own = min(share, _room(channel)) - on_the_way.get(channel.pk, 0)
        room = min(own, PER_PROVIDER - used[channel.platform])
        if room <= 0:
            continue
        try:
            found = _take(channel, at=at, limit=room)
        except (OperationalError, InterfaceError):
            if taken:  # they are ours already, and have to be sent
                return taken
            raise
        if found:
            used[channel.platform] += len(found)
            taken.append(Taken(channel=channel, deliveries=found))
    return taken


def _with_due(at: datetime) -> QuerySet[PushChannel]:
    due = _due(at).filter(channel=OuterRef("pk"))
    closed = Q(open_until__gt=at)
    return PushChannel.objects.filter(Exists(due), enabled=True).exclude(closed)


def _due(at: datetime) -> QuerySet[PushDelivery]:
    return PushDelivery.objects.filter(
        state=DeliveryState.PENDING, next_attempt_at__lte=at, expires_at__gt=at
    )


def _room(channel: PushChannel) -> int:
    return PER_FAILING_CHANNEL if channel.failures else PER_CHANNEL


def _take(channel: PushChannel, *, at: datetime, limit: int) -> list[PushDelivery]:
    lease_until = at + policy.lease()
    probing = channel.open_until is not None
    with transaction.atomic(durable=True):
        deliveries = list(
            _due(at)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("message")
            .filter(channel=channel)
            .order_by("next_attempt_at", "pk")[: 1 if probing else limit]
        )
        if not deliveries or (probing and not _may_probe(channel, lease_until)):
            return []
        PushDelivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
            state=DeliveryState.PROCESSING, lease_until=lease_until, attempts=F("attempts") + 1
        )
    for delivery in deliveries:
        delivery.channel = channel
        delivery.state = DeliveryState.PROCESSING
        delivery.lease_until = lease_until
        delivery.attempts += 1
    return deliveries


def _may_probe(channel: PushChannel, until: datetime) -> bool:
    """Claim the one probe of a channel whose time to rest is over."""
    same = PushChannel.objects.filter(pk=channel.pk, open_until=channel.open_until)
    return same.update(open_until=until) > 0


def _return(held: QuerySet[PushDelivery], *, at: datetime, batch: int) -> int:
    tried_out = Q(attempts__gte=policy.max_attempts())
    with transaction.atomic(durable=True):
        return _locked(held.filter(state=DeliveryState.PROCESSING), batch).update(
            state=Case(
                When(tried_out, then=Value(DeliveryState.FAILED.value)),
                default=Value(DeliveryState.PENDING.value),
            ),
            finished_at=Case(When(tried_out, then=Value(at)), default=None),
            lease_until=None,
            reason=WORKER_ENDED,
        )


def _locked(rows: QuerySet[PushDelivery], batch: int) -> QuerySet[PushDelivery]:
    """Lock some rows that nobody else has locked; to be changed in the same transaction."""
    free = rows.select_for_update(skip_locked=True).order_by("pk")[:batch]
    return PushDelivery.objects.filter(pk__in=list(free.values_list("pk", flat=True)))
