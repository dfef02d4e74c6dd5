"""Hashes of staff passwords, which are slow on purpose and must not slow down the phones.

One password is hashed at a time in a process, and at most half of its threads wait for that: the
others go on serving phones, however many people log in. Whoever finds no place is told so at once.
"""

from contextlib import AbstractContextManager
from functools import lru_cache

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

from enrollment_server.staff.guessing.room import Room, half_of_the_threads


@lru_cache(maxsize=1)
def _room() -> Room:
    return Room(half_of_the_threads(), one_by_one=True)


def place() -> AbstractContextManager[None]:
    """Take a place for hashing; raises `Busy` if there is none."""
    return _room().place()


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id with a cost that a thread can bear: 19 MiB and one core for a few hundredths.

    These are the parameters that OWASP recommends. Django's own take 100 MiB and eight cores.
    """

    time_cost = 2
    memory_cost = 19456  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with place():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with place():
            return super().verify(password, encoded)


class BoundedPbkdf2(PBKDF2PasswordHasher):
    """What passwords were hashed with before; each is hashed anew at its next login."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        with place():
            return super().encode(password, salt, iterations)

    def verify(self, password: str, encoded: str) -> bool:
        # It calls `encode`, which takes the place.
        return super().verify(password, encoded)
