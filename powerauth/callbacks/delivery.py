"""Delivering what is due: integration-api.md 11.4.

One thread works with the database; others only post. So many receivers can be slow at once without
a connection to the database for each, and none of them holds up the events of another.
"""

import logging
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType

from django.utils import timezone

from powerauth.callbacks import attempt, claim, outcome
from powerauth.callbacks.failures import DeliveryFailed
from powerauth.models import CallbackEvent

THREADS = 32
LOOK_S = 0.25  # seconds between two looks for due events while others are on the way
logger = logging.getLogger(__name__)


class Dispatcher:
    """Takes over due events, posts them by threads and records what became of them.

    All methods are for one thread. Leaving the block waits for what is on the way.
    """

    def __init__(self, *, threads: int = THREADS) -> None:
        self.begun = 0
        self._threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="callback")
        self._on_the_way: dict[Future[DeliveryFailed | None], CallbackEvent] = {}

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
        self._begin(self._threads if limit is None else limit)
        busy = bool(self._on_the_way)
        self._record_ended(timeout_s=LOOK_S)
        return busy

    def close(self) -> None:
        """Wait for what is on the way, record it, and end the threads."""
        while self._on_the_way:
            self._record_ended(timeout_s=None)
        self._pool.shutdown()

    def _begin(self, limit: int) -> None:
        # Nothing waits for a thread: its lease would be running.
        room = min(self._threads - len(self._on_the_way), limit)
        if room <= 0:
            return
        now = timezone.now()
        claim.give_back_ended(at=now)
        on_the_way = Counter(event.callback_id for event in self._on_the_way.values())
        events = claim.take_due(at=now, limit=room, on_the_way=on_the_way)
        for event in events:
            self._on_the_way[self._pool.submit(_attempt, event)] = event
        self.begun += len(events)

    def _record_ended(self, *, timeout_s: float | None) -> None:
        ended, _ = wait(self._on_the_way, timeout=timeout_s, return_when=FIRST_COMPLETED)
        for future in ended:
            _record(self._on_the_way.pop(future), future.result())


def deliver_due(*, limit: int = 100) -> int:
    """Deliver up to `limit` events that are due, and wait for their outcomes; give how many."""
    with Dispatcher() as dispatcher:
        while dispatcher.begun < limit and dispatcher.turn(limit=limit - dispatcher.begun):
            pass
    return dispatcher.begun


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
    except Exception:
        # The lease ends, and the event is sent once more.
        logger.exception("the outcome of callback event %s could not be written", event.pk)
