"""Delivering what is due: integration-api.md 11.4.

One thread works with the database; others only post. So many receivers can be slow at once without
a connection to the database for each, and none of them holds up the events of another.
"""

import logging
import time
from collections import deque
from types import TracebackType

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from prometheus_client import Gauge

from powerauth.callbacks import attempt, claim, outcome
from powerauth.callbacks.attempts import Attempts, Ended
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.models import CallbackEvent

THREADS = 32
LOOK_S = 0.25  # seconds between two looks for due events while others are on the way
RECORD_S = 5.0  # seconds of a lease that are left for writing down what became of it
HANGING = Gauge(
    "callback_threads_hanging",
    "Threads that hang in an attempt whose time is over",
    multiprocess_mode="livesum",
)
logger = logging.getLogger(__name__)


class Dispatcher:
    """Takes over due events, posts them by threads and records what became of them.

    All methods are for one thread. Leaving the block waits for what is on the way.

    Args:
        threads: attempts that are on the way at once.
        grace_s: seconds to wait for them in the end; without it, until the last one is over.
    """

    def __init__(self, *, threads: int = THREADS, grace_s: float | None = None) -> None:
        self.begun = 0
        self._threads = threads
        self._grace_s = grace_s
        self._attempts = Attempts(_attempt)
        self._unrecorded: deque[Ended] = deque()

    def __enter__(self) -> "Dispatcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def turn(self, *, limit: int | None = None) -> bool:
        """Begin what is due and there is room for, and record what has ended.

        Does not wait for slow receivers, so that the next turn can serve others.

        Args:
            limit: how many deliveries to begin at most.

        Returns: False if there was nothing to do: nothing due, and nothing on the way.
        """
        self._record()
        self._begin(self._threads if limit is None else limit)
        busy = bool(self._attempts.on_the_way)
        self._record_ended(timeout_s=LOOK_S)
        return busy

    def close(self) -> None:
        """Wait for what is on the way, and record it; what takes too long is left to others."""
        until = None if self._grace_s is None else time.monotonic() + self._grace_s
        while self._attempts.on_the_way and (until is None or time.monotonic() < until):
            self._record_ended(timeout_s=LOOK_S)
        left = self._attempts.on_the_way
        if left:
            logger.warning("%s callback events are left to other workers", len(left))
            claim.give_back(left, at=timezone.now())

    def _begin(self, limit: int) -> None:
        # Nothing waits for a thread: its lease would be running.
        on_the_way = self._attempts.on_the_way
        room = min(self._threads - len(on_the_way), limit)
        if room <= 0:
            return
        now = timezone.now()
        claim.give_back_ended(at=now)
        failing = sum(1 for event in on_the_way if event.callback.failures)
        events = claim.take_due(
            at=now,
            limit=room,
            limit_of_failing=self._threads // 2 - failing,
            on_the_way=self._attempts.by_callback(),
        )
        for event in events:
            self._attempts.begin(event, limit_s=_limit_s(event))
        self.begun += len(events)

    def _record_ended(self, *, timeout_s: float) -> None:
        self._unrecorded += self._attempts.ended(timeout_s=timeout_s)
        HANGING.set(self._attempts.hanging)
        self._record()

    def _record(self) -> None:
        """Write down what has ended; a database that is away for a while gets it later."""
        while self._unrecorded:
            _record(*self._unrecorded[0])
            self._unrecorded.popleft()


def deliver_due(*, limit: int = 100) -> int:
    """Deliver up to `limit` events that are due, and wait for their outcomes; give how many."""
    with Dispatcher() as dispatcher:
        while dispatcher.begun < limit and dispatcher.turn(limit=limit - dispatcher.begun):
            pass
    return dispatcher.begun


def _limit_s(event: CallbackEvent) -> float:
    """Give how long an attempt may take, so that its end is written within its lease."""
    lease = event.lease_until - timezone.now() if event.lease_until else None
    return max(lease.total_seconds() - RECORD_S, 0.0) if lease else 0.0


def _attempt(event: CallbackEvent) -> DeliveryFailed | None:
    """Post one event; give why it failed. A defect is a failure of this event only."""
    try:
        attempt.send(event, at=timezone.now())
    except DeliveryFailed as failure:
        return failure
    except Exception:
        logger.exception("callback event %s could not be sent", event.pk)
        return DeliveryFailed("internal error")
    return None


def _record(event: CallbackEvent, failure: DeliveryFailed | None) -> None:
    try:
        if failure is None:
            outcome.delivered(event, at=timezone.now())
        else:
            outcome.failed(event, failure, at=timezone.now())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # The lease ends, and the event is sent once more.
        logger.exception("the outcome of callback event %s could not be written", event.pk)
