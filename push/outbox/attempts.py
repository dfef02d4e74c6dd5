"""Attempts on the way: a thread with one event loop makes all of them.

A provider that hangs keeps nobody from going on. Only this thread knows the clients of providers;
what it is given, it answers through a queue.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from django.utils import timezone

from push.credentials.opening import Opened
from push.messages.values import PushMessage as Content
from push.models import PushDelivery
from push.outbox.reasons import INTERNAL_ERROR
from push.outbox.values import Ended
from push.providers.values import Client, Outcome, Result, Target

CLOSING_S = 60.0  # until a client that was replaced is closed: its attempts are over by then
LINGER_S = 0.2  # for further answers while others are on the way: they are written down together
TOGETHER = 64  # answers that are written down at once without waiting for more
logger = logging.getLogger(__name__)

MakeClient = Callable[[Opened], Client]
Version = Hashable
"""Tells credentials of a channel apart from those before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One message on its way to one device.

    Args:
        until: the moment, of `time.monotonic`, after which nobody waits for it.
    """

    delivery: PushDelivery
    content: Content
    target: Target
    until: float


_Report = tuple[Attempt, Result]
_OVERDUE = Result(outcome=Outcome.PENDING, reason="TimeOut")
_BROKEN = Result(outcome=Outcome.PENDING, reason=INTERNAL_ERROR)


class Attempts:
    """The attempts of one dispatcher; all methods are for one thread.

    Args:
        make_client: called in the thread of the event loop.
    """

    def __init__(self, make_client: MakeClient) -> None:
        self._make_client = make_client
        self._clients: dict[int, tuple[Version, Client]] = {}
        self._known: dict[int, Version] = {}
        self._running: dict[int, Attempt] = {}
        self._ended: SimpleQueue[_Report] = SimpleQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="push", daemon=True)
        self._thread.start()

    @property
    def on_the_way(self) -> list[PushDelivery]:
        """The deliveries whose attempts are not over."""
        return [attempt.delivery for attempt in self._running.values()]

    def knows(self, channel_id: int, version: Version) -> bool:
        """Tell whether there is a client for the present credentials of a channel."""
        return self._known.get(channel_id) == version

    def begin(
        self,
        channel_id: int,
        version: Version,
        attempts: Sequence[Attempt],
        credentials: Opened | None,
    ) -> None:
        """Begin attempts by one channel.

        Args:
            version: of its credentials.
            credentials: themselves, if the version is not known.
        """
        if credentials is not None:
            self._known[channel_id] = version
        self._running.update((attempt.delivery.pk, attempt) for attempt in attempts)
        self._loop.call_soon_threadsafe(self._begin, channel_id, version, attempts, credentials)

    def ended(self, *, timeout_s: float) -> list[Ended]:
        """Wait for attempts to end, and give all that have; those over their time count as such."""
        found: list[Ended] = []
        until = time.monotonic() + timeout_s
        while self._running and len(found) < TOGETHER:
            try:
                attempt, result = self._ended.get(timeout=max(until - time.monotonic(), 0.0))
            except Empty:
                break
            if not found:
                until = min(until, time.monotonic() + LINGER_S)
            # One that comes too late has been counted before.
            if self._running.get(attempt.delivery.pk) is attempt:
                del self._running[attempt.delivery.pk]
                found.append(_ended(attempt, result))
        return found + self._overdue()

    def close(self) -> None:
        """Let go of all connections, and end the thread."""
        closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        try:
            closing.result(timeout=5.0)
        except TimeoutError:
            logger.warning("connections to push providers did not end in time")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5.0)
        if not self._thread.is_alive():
            self._loop.close()

    def _overdue(self) -> list[Ended]:
        now = time.monotonic()
        late = [attempt for attempt in self._running.values() if attempt.until <= now]
        for attempt in late:
            del self._running[attempt.delivery.pk]
        return [_ended(attempt, _OVERDUE) for attempt in late]

    # What follows runs in the thread of the event loop.

    def _begin(
        self, key: int, version: Version, attempts: Sequence[Attempt], credentials: Opened | None
    ) -> None:
        try:
            client = self._client(key, version, credentials)
        except Exception:
            logger.exception("there is no client for a push provider")
            for attempt in attempts:
                self._ended.put((attempt, _BROKEN))
            return
        for attempt in attempts:
            self._spawn(self._send(client, attempt))

    def _client(self, key: int, version: Version, credentials: Opened | None) -> Client:
        known = self._clients.get(key)
        if known is not None and known[0] == version:
            return known[1]
        if credentials is None:
            raise LookupError("no credentials")
        client = self._make_client(credentials)
        self._clients[key] = (version, client)
        if known is not None:
            self._loop.call_later(CLOSING_S, lambda: self._spawn(known[1].close()))
        return client

    async def _send(self, client: Client, attempt: Attempt) -> None:
        try:
            async with asyncio.timeout(attempt.until - time.monotonic()):
                result = await client.send(attempt.content, attempt.target, at=timezone.now())
        except TimeoutError:
            result = _OVERDUE
        except Exception as error:
            # Its text may hold what must not be logged.
            logger.error("push delivery could not be sent: %s", type(error).__name__)
            result = _BROKEN
        self._ended.put((attempt, result))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        clients = [client for _, client in self._clients.values()]
        await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)


def _ended(attempt: Attempt, result: Result) -> Ended:
    return Ended(delivery=attempt.delivery, result=result, token=attempt.target.token)
