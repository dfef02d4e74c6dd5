"""Symmetric primitives: MACs, key derivation, AES-CBC, decimal truncation, CRC.

Data that comes from outside and does not fit raises MalformedEncoding; a key or an
initialization vector of a wrong size is a mistake of the caller and raises ValueError.
"""

import hashlib
import hmac
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from powerauth.protocol.encoding import fold
from powerauth.protocol.errors import MalformedEncoding

RandomBytes = Callable[[int], bytes]

KEY_SIZE = 16  # bytes, of every symmetric key
BLOCK_SIZE = 16  # bytes
ZERO_IV = bytes(BLOCK_SIZE)

_PADDING = PKCS7(8 * BLOCK_SIZE)


def hmac_sha256(*, key: bytes, data: bytes) -> bytes:
    """Compute HMAC-SHA256, 32 bytes. Source: protocol.md 1.1."""
    return hmac.digest(key, data, "sha256")


def sha256(data: bytes) -> bytes:
    """Compute SHA-256, 32 bytes. Source: protocol.md 1.1."""
    return hashlib.sha256(data).digest()


def kdf(key: bytes, index: int) -> bytes:
    """Derive a key of 16 bytes by a number (KDF).

    Args:
        key: 16 bytes.
        index: a number of up to 64 bits; it fills the last 8 bytes of the encrypted block.

    Source: protocol.md 1.5; checked by compute-derived-keys.
    """
    return aes_cbc_encrypt_raw(key, ZERO_IV, index.to_bytes(BLOCK_SIZE, "big"))


def kdf_internal(*, key: bytes, index: bytes) -> bytes:
    """Derive a key of 16 bytes by a byte string (KDF_INTERNAL).

    Source: protocol.md 1.5; checked by activation-status-blob-iv.
    """
    return fold(hmac_sha256(key=key, data=index))


def x963_kdf(secret: bytes, info: bytes, length: int) -> bytes:
    """Stretch a shared secret to `length` bytes (X9.63 with SHA-256).

    Source: protocol.md 1.5; checked by kdf_x963_sha256.
    """
    blocks = range(1, -(-length // 32) + 1)
    stream = b"".join(sha256(secret + counter.to_bytes(4, "big") + info) for counter in blocks)
    return stream[:length]


def aes_cbc_encrypt_raw(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """Encrypt whole blocks with AES-128-CBC, without padding.

    Raises:
        MalformedEncoding: the length is no multiple of 16.

    Source: protocol.md 1.4.
    """
    _require_blocks(plaintext)
    encryptor = _cipher(key, iv).encryptor()
    return encryptor.update(plaintext) + encryptor.finalize()


def aes_cbc_decrypt_raw(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt whole blocks with AES-128-CBC, without padding.

    Raises:
        MalformedEncoding: the length is no multiple of 16.

    Source: protocol.md 1.4.
    """
    _require_blocks(ciphertext)
    decryptor = _cipher(key, iv).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


def aes_cbc_encrypt(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """Encrypt with AES-128-CBC and PKCS#7 padding. Source: protocol.md 1.4."""
    padder = _PADDING.padder()
    return aes_cbc_encrypt_raw(key, iv, padder.update(plaintext) + padder.finalize())


def aes_cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt with AES-128-CBC and PKCS#7 padding.

    Check the MAC of the ciphertext first: the padding error of unauthenticated data is an oracle.

    Raises:
        MalformedEncoding: no whole blocks, or a broken padding.

    Source: protocol.md 1.4.
    """
    unpadder = _PADDING.unpadder()
    padded = aes_cbc_decrypt_raw(key, iv, ciphertext)
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise MalformedEncoding("broken padding") from None


def decimal_truncation(digest: bytes, digits: int) -> str:
    """Print the last four bytes of a digest as `digits` decimal digits (DEC).

    Source: protocol.md 1.6; checked by signatures-offline.
    """
    number = int.from_bytes(digest[-4:], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def crc16_arc(data: bytes) -> int:
    """Compute CRC-16/ARC. Source: protocol.md 1.7; checked by crc16."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def _cipher(key: bytes, iv: bytes) -> Cipher[modes.CBC]:
    if len(key) != KEY_SIZE:
        raise ValueError("a symmetric key has 16 bytes")
    return Cipher(algorithms.AES(key), modes.CBC(iv))


def _require_blocks(data: bytes) -> None:
    if len(data) % BLOCK_SIZE:
        raise MalformedEncoding("whole blocks of 16 bytes expected")
