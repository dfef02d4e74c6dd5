"""What this process remembers of providers for a while, so that not every login asks for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

LIFETIME = 600.0  # seconds
_MOST = 256  # entries

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered(Generic[T]):
    """A value with its age."""

    value: T
    since: float


class Memory(Generic[T]):
    """Values by address; any thread may use it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = Lock()
        self._values: dict[str, Remembered[T]] = {}

    def recall(self, address: str) -> Remembered[T] | None:
        """Give what is remembered, None if it is nothing or too old."""
        with self._lock:
            known = self._values.get(address)
        if known is None or self.clock() - known.since > LIFETIME:
            return None
        return known

    def keep(self, address: str, value: T) -> Remembered[T]:
        """Remember a value from now on."""
        remembered = Remembered(value=value, since=self.clock())
        with self._lock:
            if len(self._values) >= _MOST:
                self._values.clear()
            self._values[address] = remembered
        return remembered

    def age(self, remembered: Remembered[T]) -> float:
        """Give the seconds since a value was kept."""
        return self.clock() - remembered.since

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
