"""The threads that work on whole requests."""

import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Threads(Generic[T]):
    """Some threads that do one kind of work.

    The standard library's pool makes a future and takes three locks for each piece of work, which
    is more than a short request costs; here nobody waits for a result.
    """

    def __init__(self, number: int, work: Callable[[T], None], *, name: str) -> None:
        self._work = work
        self._queue: SimpleQueue[T | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, name=f"{name}_{n}") for n in range(number)]
        for thread in self._threads:
            thread.start()

    def submit(self, piece: T) -> None:
        """Let a thread do a piece of work, as soon as one is free."""
        self._queue.put(piece)

    def shutdown(self, wait: bool = True) -> None:
        """End the threads once what has been submitted is done."""
        for _ in self._threads:
            self._queue.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            try:
                self._work(piece)
            except Exception:
                logger.exception("thread goes on after a failure")
            # An idle thread keeps nothing of the last request alive.
            del piece
