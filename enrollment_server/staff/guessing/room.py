"""A limit for what would keep the threads of a process from serving phones."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from django.conf import settings


class Busy(Exception):
    """Too many are doing the same at this moment; whoever comes may try again at once."""


class Room:
    """Lets at most `size` threads of this process in, and never makes the next one wait.

    Args:
        one_by_one: those who are in take turns.
    """

    def __init__(self, size: int, *, one_by_one: bool = False) -> None:
        self._places = BoundedSemaphore(size)
        self._turn = Lock() if one_by_one else BoundedSemaphore(size)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place until the end of the block.

        Raises:
            Busy: all places are taken.
        """
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            with self._turn:
                yield
        finally:
            self._places.release()


def half_of_the_threads() -> int:
    """Give how many threads may wait for something else while the others serve phones."""
    return max(1, int(settings.WEB_THREADS) // 2)
