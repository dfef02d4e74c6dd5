"""The PIN: how it locks a key on the phone.

The lock is not authenticated, on purpose: a wrong PIN opens it to a wrong key, and nothing on the
phone can tell. The server is the only judge, and it counts the attempts. So a stolen file does not
help to guess the PIN.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from powerauth.protocol.primitives import (
    KEY_SIZE,
    ZERO_IV,
    aes_cbc_decrypt_raw,
    aes_cbc_encrypt_raw,
)

SALT_SIZE = 16  # bytes
ITERATIONS = 10_000

Stretch = Callable[[str, bytes], bytes]
"""PIN and salt to a key of 16 bytes."""


def stretch_pin(pin: str, salt: bytes) -> bytes:
    """Derive a key of 16 bytes from a PIN, slowly (PBKDF2 with HMAC-SHA256)."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, ITERATIONS, KEY_SIZE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedKey:
    """A key of a factor as it is kept."""

    locked: bytes = field(repr=False)
    by: bytes = field(repr=False)
    """Salt of the PIN, or the key that a real phone gives out for a fingerprint or a face."""


def lock_key(locking_key: bytes, key: bytes) -> bytes:
    """Encrypt a key of 16 or 32 bytes under another one of 16 bytes, without any check value."""
    return aes_cbc_encrypt_raw(locking_key, ZERO_IV, key)


def unlock_key(locking_key: bytes, locked: bytes) -> bytes:
    """Undo `lock_key`; a wrong locking key gives a wrong key."""
    return aes_cbc_decrypt_raw(locking_key, ZERO_IV, locked)


def lock_at_random(key: bytes) -> LockedKey:
    """Lock a key of a factor by a key of its own."""
    by = secrets.token_bytes(KEY_SIZE)
    return LockedKey(locked=lock_key(by, key), by=by)


class PinKeys:
    """Keys of PINs, each derived once in the life of the process."""

    def __init__(self, stretch: Stretch = stretch_pin) -> None:
        """Start with no key known.

        Args:
            stretch: the slow derivation.
        """
        self._stretch = stretch
        self._known: dict[tuple[str, bytes], bytes] = {}
        self._guard = Lock()

    def key_of(self, pin: str, salt: bytes) -> bytes:
        """Return the key of a PIN, 16 bytes."""
        with self._guard:
            key = self._known.get((pin, salt))
        if key is None:
            key = self._stretch(pin, salt)
            with self._guard:
                self._known[pin, salt] = key
        return key

    def lock(self, pin: str, key: bytes) -> LockedKey:
        """Lock a key of a factor by a PIN with a new salt."""
        salt = secrets.token_bytes(SALT_SIZE)
        return LockedKey(locked=lock_key(self.key_of(pin, salt), key), by=salt)


PROCESS_PIN_KEYS = PinKeys()
"""The keys that every phone of this process shares by default."""
