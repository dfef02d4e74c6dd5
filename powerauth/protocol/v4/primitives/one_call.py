"""KMAC256 by one call from Python into the library's C, where the library has that call.

Its class makes a context, feeds it in four pieces and squeezes it; those calls are four fifths of
what the MAC of a short message costs. Newer releases can do all at once, which is no part of what
they promise. So the call is tried on samples first, and whoever finds that it is missing or does
something else goes on with the class.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from Crypto.Util import _raw_api  # nosec B413 # of pycryptodome, which is maintained

Mac: TypeAlias = Callable[[bytes, bytes, str, int], bytes]
"""From key, data, customization and size."""

RATE = 136  # bytes that the sponge takes in at once

_CAPACITY = 64  # bytes
_ROUNDS = 24
_SUFFIX = 0x04  # tells cSHAKE from SHAKE and SHA-3
# Less than a block of everything, and more.
_SAMPLES = (
    (b"key", b"", "", 32),
    (bytes(range(200)), bytes(range(200)), "one call" * 20, 200),
)


def find(library: Any, backend: str, by_class: Mac) -> Mac:
    """Give what computes MACs with the fewest calls.

    Args:
        library: the library's C functions.
        backend: what calls them; only ``cffi`` knows their parameters and refuses others.
        by_class: what the library promises, and how the other way is judged.
    """
    call = getattr(library, "keccak_oneshot", None)
    if call is None or backend != "cffi":
        return by_class
    mac = _of(call)
    try:
        agrees = all(mac(*sample) == by_class(*sample) for sample in _SAMPLES)
    except (TypeError, ValueError, OverflowError):
        return by_class
    return mac if agrees else by_class


def _of(call: Callable[..., int]) -> Mac:
    new, content = _raw_api.create_string_buffer, _raw_api.get_raw_buffer

    def mac(key: bytes, data: bytes, custom: str, size: int) -> bytes:
        before, between, after = _frame(custom, len(key), size)
        message = b"".join((before, key, between, data, after))
        result = new(size)
        if call(message, len(message), result, size, _CAPACITY, _ROUNDS, _SUFFIX):
            raise ValueError("the library refuses the message")
        return content(result)

    return mac


@lru_cache(maxsize=64)
def _frame(custom: str, key_size: int, size: int) -> tuple[bytes, bytes, bytes]:
    """Give what stands before, between and after key and data; it has no secret in it.

    Source: NIST SP 800-185, sections 2.3, 3.3 and 4.3.
    """
    purpose = _padded(_left(RATE) + _text(b"KMAC") + _text(custom.encode()))
    key_begins = _left(RATE) + _left(8 * key_size)
    padding = bytes(-(len(key_begins) + key_size) % RATE)
    return purpose + key_begins, padding, _right(8 * size)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % RATE)


def _text(data: bytes) -> bytes:
    return _left(8 * len(data)) + data


def _left(number: int) -> bytes:
    digits = _digits(number)
    return bytes([len(digits)]) + digits


def _right(number: int) -> bytes:
    digits = _digits(number)
    return digits + bytes([len(digits)])


def _digits(number: int) -> bytes:
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
