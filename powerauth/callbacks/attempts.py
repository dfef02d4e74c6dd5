"""Attempts on the way, each in a thread of its own that nobody has to wait for.

A thread may hang in what has no time-out: the search for an address, a file on a server that is
away. Then its attempt is over at its last moment all the same, and the process can end without it.
"""

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from queue import Empty, SimpleQueue

from powerauth.callbacks.failures import DeliveryFailed
from powerauth.models import CallbackEvent

OVERDUE = DeliveryFailed("time-out")
logger = logging.getLogger(__name__)

Post = Callable[[CallbackEvent], DeliveryFailed | None]
"""Posts one event; gives why that failed, None if it did not."""
Ended = tuple[CallbackEvent, DeliveryFailed | None]


class Attempts:
    """The attempts of one dispatcher; all methods are for one thread."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._until: dict[threading.Thread, tuple[CallbackEvent, float]] = {}
        self._hanging: dict[threading.Thread, CallbackEvent] = {}
        self._ended: SimpleQueue[tuple[threading.Thread, DeliveryFailed | None]] = SimpleQueue()

    @property
    def on_the_way(self) -> list[CallbackEvent]:
        """The events whose attempts are not over."""
        return [event for event, _ in self._until.values()]

    @property
    def hanging(self) -> int:
        """How many threads still hang in an attempt that is over."""
        return len(self._hanging)

    def by_callback(self) -> Counter[uuid.UUID]:
        """Count threads by callback, with those that hang: each is in the way of its own only."""
        return Counter(event.callback_id for event in (*self.on_the_way, *self._hanging.values()))

    def begin(self, event: CallbackEvent, *, limit_s: float) -> None:
        """Post an event in a thread; after `limit_s` seconds the attempt is over in any case."""
        thread = threading.Thread(target=self._run, args=(event,), name="callback", daemon=True)
        self._until[thread] = (event, time.monotonic() + limit_s)
        try:
            thread.start()
        except RuntimeError:  # no more threads
            logger.exception("callback event %s could not be sent", event.pk)
            self._ended.put((thread, DeliveryFailed("internal error")))

    def ended(self, *, timeout_s: float) -> list[Ended]:
        """Wait for attempts to end, and give all that have; those over their time count as such."""
        over = self._over()
        if over or not self._until:
            timeout_s = 0
        try:
            over += self._reported(self._ended.get(timeout=timeout_s) if timeout_s else self._now())
            while True:
                over += self._reported(self._now())
        except Empty:
            return over

    def _now(self) -> tuple[threading.Thread, DeliveryFailed | None]:
        return self._ended.get_nowait()

    def _reported(self, report: tuple[threading.Thread, DeliveryFailed | None]) -> list[Ended]:
        """Take a report; one that comes too late has been counted as a failure before."""
        thread, failure = report
        self._hanging.pop(thread, None)
        known = self._until.pop(thread, None)
        return [] if known is None else [(known[0], failure)]

    def _over(self) -> list[Ended]:
        now = time.monotonic()
        late = [thread for thread, (_, until) in self._until.items() if until <= now]
        for thread in late:
            self._hanging[thread], _ = self._until.pop(thread)
            logger.warning("the attempt to send callback event %s hangs", self._hanging[thread].pk)
        return [(self._hanging[thread], OVERDUE) for thread in late]

    def _run(self, event: CallbackEvent) -> None:
        self._ended.put((threading.current_thread(), self._post(event)))
