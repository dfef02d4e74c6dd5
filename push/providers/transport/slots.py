"""How many requests may be on a connection at once, where the other end changes its mind."""

import asyncio
from collections import deque

from push.providers.transport.values import NotBegun, Trouble


class Slots:
    """A semaphore that can be resized and closed; first come, first served."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._closed = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a slot and take it.

        Raises:
            NotBegun: there will be none.
        """
        if self._closed:
            raise NotBegun(Trouble.CONNECTION_LOST)
        if self._taken < self._limit and not self._waiting:
            self._taken += 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give_back()  # it was handed over in the same moment
            raise

    def give_back(self) -> None:
        """Let the next one have the slot."""
        self._taken -= 1
        self._hand_over()

    def resize(self, limit: int) -> None:
        """Change how many slots there are."""
        self._limit = limit
        self._hand_over()

    def close(self) -> None:
        """Turn away all who wait, and all who come."""
        self._closed = True
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(NotBegun(Trouble.CONNECTION_LOST))

    def _hand_over(self) -> None:
        while self._waiting and self._taken < self._limit:
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._taken += 1
                waiter.set_result(None)
