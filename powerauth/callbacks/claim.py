"""Taking events over for delivery, so that each is in one worker's hands: integration-api.md 11.4.

An event in hands is PROCESSING under a lease. Who dies leaves a lease that ends, and the event goes
back. Attempts are counted when they begin: an event whose delivery kills its worker is given up in
the end, and one that may be tried once is never tried twice.
"""

import random
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from powerauth.callbacks import timing
from powerauth.engine.callbacks import callbacks
from powerauth.engine.storage.records import SecretUnreadable
from powerauth.models import Callback, CallbackEvent, CallbackEventState

PER_CALLBACK = 4  # deliveries that one worker has on the way to one callback
ENDED_BATCH = 100
WORKER_ENDED = "the worker ended in mid-delivery"


def give_back_ended(*, at: datetime) -> int:
    """Let events wait again whose worker did not report in time; fail those out of attempts."""
    with transaction.atomic(durable=True):
        ended = list(
            CallbackEvent.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(state=CallbackEventState.PROCESSING, lease_until__lte=at)
            .select_related("callback")[:ENDED_BATCH]
        )
        for event in ended:
            _give_back(event, at=at)
    return len(ended)


def give_back(events: Iterable[CallbackEvent], *, at: datetime) -> None:
    """Let events wait again at once that this worker still holds, and does not finish."""
    with transaction.atomic(durable=True):
        for event in events:
            _give_back(event, at=at)


def _give_back(event: CallbackEvent, *, at: datetime) -> None:
    tried_out = event.attempts >= callbacks.max_attempts_of(event.callback)
    held = CallbackEvent.objects.filter(
        pk=event.pk, state=CallbackEventState.PROCESSING, lease_until=event.lease_until
    )
    held.update(
        state=CallbackEventState.FAILED if tried_out else CallbackEventState.PENDING,
        finished_at=at if tried_out else None,
        lease_until=None,
        last_error=WORKER_ENDED,
    )


def take_due(
    *,
    at: datetime,
    limit: int,
    on_the_way: Mapping[uuid.UUID, int],
    limit_of_failing: int | None = None,
) -> list[CallbackEvent]:
    """Take over due events, the oldest of each callback first; committed on return.

    Args:
        limit: how many at most.
        limit_of_failing: how many at most of callbacks whose last delivery failed, all together:
            however many receivers hang, there is room for the others.
        on_the_way: how many events of a callback this worker is delivering.

    Returns: events with their callbacks.
    """
    taken: list[CallbackEvent] = []
    left_for_failing = limit if limit_of_failing is None else limit_of_failing
    candidates = list(_with_due_events(at))
    random.shuffle(candidates)  # none is always the last where there is not room for all
    for callback in candidates:
        room = min(_room(callback) - on_the_way.get(callback.pk, 0), limit - len(taken))
        if callback.failures:
            room = min(room, left_for_failing)
        if room <= 0:
            continue
        try:
            found = _take(callback, at=at, limit=room)
        except (OperationalError, InterfaceError):
            if taken:  # they are ours already, and have to be sent
                return taken
            raise
        left_for_failing -= len(found) if callback.failures else 0
        taken += found
    return taken


def _with_due_events(at: datetime) -> QuerySet[Callback]:
    callbacks_to_call = Callback.objects.filter(
        Exists(_due(at).filter(callback=OuterRef("pk"))), enabled=True
    )
    if not _circuit_breaks():
        return callbacks_to_call
    return callbacks_to_call.filter(Q(open_until=None) | Q(open_until__lte=at))


def _due(at: datetime) -> QuerySet[CallbackEvent]:
    return CallbackEvent.objects.filter(state=CallbackEventState.PENDING, next_attempt_at__lte=at)


def _circuit_breaks() -> bool:
    return int(settings.CALLBACK_FAILURE_THRESHOLD) != -1


def _room(callback: Callback) -> int:
    """Give how many deliveries may be on the way: one that fails must not bind many threads."""
    return 1 if callback.failures else PER_CALLBACK


def _take(callback: Callback, *, at: datetime, limit: int) -> list[CallbackEvent]:
    lease_until = at + timing.lease(with_token=_needs_token(callback))
    probing = _circuit_breaks() and callback.open_until is not None
    with transaction.atomic(durable=True):
        events = list(
            _due(at)
            .select_for_update(of=("self",), skip_locked=True)
            .filter(callback=callback)
            .order_by("next_attempt_at", "created_at")[: 1 if probing else limit]
        )
        if not events or (probing and not _may_probe(callback, lease_until)):
            return []
        CallbackEvent.objects.filter(pk__in=[event.pk for event in events]).update(
            state=CallbackEventState.PROCESSING, lease_until=lease_until, attempts=F("attempts") + 1
        )
    for event in events:
        event.callback = callback
        event.state = CallbackEventState.PROCESSING
        event.lease_until = lease_until
        event.attempts += 1
    return events


def _may_probe(callback: Callback, until: datetime) -> bool:
    """Claim the one probe of a callback whose time to rest is over."""
    same = Callback.objects.filter(pk=callback.pk, open_until=callback.open_until)
    return same.update(open_until=until) > 0


def _needs_token(callback: Callback) -> bool:
    try:
        return callbacks.authentication_of(callback).oauth2.enabled
    except SecretUnreadable:  # the attempt will say so
        return False
