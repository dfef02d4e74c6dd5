"""KMAC256 and SHA3-256: every MAC, key derivation and hash of protocol 4.0.

The class behind the library's own function is built by hand, because that function refuses keys
below 32 bytes, and the protocol has keys of 16. A padded key would be another key.
"""

import hashlib
from enum import StrEnum

from Crypto.Hash import cSHAKE256, keccak  # nosec B413 # of pycryptodome, which is maintained
from Crypto.Hash.KMAC128 import KMAC_Hash  # nosec B413
from Crypto.Util import _raw_api  # nosec B413

from powerauth.protocol.encoding import cat
from powerauth.protocol.v4.primitives import one_call

KEY_SIZE = 32  # bytes, of every symmetric key and of every MAC

_KMAC256 = "20"  # last part of its object identifier


class Customization(StrEnum):
    """What a MAC is for; no two purposes share one. Source: protocol-4.md 17.1."""

    KEY = "PA4KDF"
    PASSWORD_KEY = "PA4PBKDF"  # noqa: S105 - a constant word of the protocol, known to everybody
    SHARED_SECRET = "KDF"  # noqa: S105 - as above
    AEAD = "PA4MAC-AEAD"
    SHARED_INFO_2 = "PA4SH2"
    CODE = "PA4CODE"
    TOKEN = "PA4DIGEST"  # noqa: S105 - as above
    COUNTER = "PA4MAC-CTR"
    STATUS = "PA4MAC-STATUS"
    OFFLINE = "PA4MAC-QR"


def by_class(key: bytes, data: bytes, custom: str, size: int) -> bytes:
    """Compute KMAC256 by the library's class; see `kmac`."""
    return KMAC_Hash(data, key, size, custom.encode(), _KMAC256, cSHAKE256, one_call.RATE).digest()


_compute = one_call.find(
    getattr(keccak, "_raw_keccak_lib", None), getattr(_raw_api, "backend", ""), by_class
)


def kmac(key: bytes, data: bytes, custom: str, size: int = KEY_SIZE) -> bytes:
    """Compute KMAC256 of fixed length.

    Args:
        key: any number of bytes; none is added.
        data: any bytes.
        custom: purpose, see `Customization`.
        size: number of bytes of the result, which depends on it as a whole.

    Source: protocol-4.md 17.1; checked by extra-v4 kmac256.
    """
    return _compute(key, data, custom, size)


def kdf(key: bytes, label: str, diversifier: bytes = b"", size: int = KEY_SIZE) -> bytes:
    """Derive a key by a label (KDF).

    Args:
        key: any number of bytes.
        label: full path of the derived key, such as ``auth/possession``.
        diversifier: further input; an empty one still leaves its length behind.
        size: number of bytes of the result.

    Source: protocol-4.md 17.2; checked by extra-v4 kdf.
    """
    return kmac(key, cat(label.encode(), diversifier), Customization.KEY, size)


def sha3(data: bytes) -> bytes:
    """Compute SHA3-256, 32 bytes. Source: protocol-4.md 17.4; checked by sha3-256."""
    return hashlib.sha3_256(data).digest()
