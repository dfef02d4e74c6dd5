"""Reproducible randomness for tests."""

import hashlib


class FixedRandom:
    """A source of random bytes that gives the same bytes for the same label."""

    def __init__(self, label: str) -> None:
        """Start the stream of a label."""
        self._label = label
        self._calls = 0

    def __call__(self, size: int) -> bytes:
        """Give the next bytes."""
        self._calls += 1
        seed = f"{self._label}/{self._calls}".encode()
        return hashlib.shake_256(seed).digest(size)
