"""Authenticated encryption: AES-256-CTR, then KMAC256 over nonce, associated data, ciphertext."""

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from powerauth.protocol.errors import MacMismatch, MalformedEncoding
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE, Customization, kdf, kmac

NONCE_SIZE = 12  # bytes
TAG_SIZE = 32  # bytes
OVERHEAD = NONCE_SIZE + TAG_SIZE  # bytes that a sealed message has more than its plaintext

_FIRST_BLOCK = bytes(4)


def seal(
    key: bytes, plaintext: bytes, *, key_context: bytes, nonce: bytes, associated_data: bytes
) -> bytes:
    """Encrypt and authenticate a message (SEAL).

    Args:
        key: 32 bytes.
        plaintext: any bytes, none included.
        key_context: what the two keys of the message are derived with.
        nonce: 12 bytes, never twice with one key and key context.
        associated_data: what the tag covers besides. It has to tell where it ends, as parts behind
            their lengths do: nothing divides it from the ciphertext.

    Returns: nonce, tag and ciphertext, 44 bytes more than the plaintext.

    Raises:
        ValueError: a key or nonce of another size.

    Source: protocol-4.md 17.3; checked by extra-v4 aead.
    """
    if len(nonce) != NONCE_SIZE:
        raise ValueError("a nonce has 12 bytes")
    _check(key)
    ciphertext = _cipher(key, key_context, nonce, plaintext)
    return nonce + _tag(key, key_context, nonce + associated_data + ciphertext) + ciphertext


def open_sealed(key: bytes, sealed: bytes, *, key_context: bytes, associated_data: bytes) -> bytes:
    """Decrypt a message after its tag has proved right (OPEN); see `seal` for the shapes.

    Raises:
        MalformedEncoding: shorter than 44 bytes.
        MacMismatch: another key, key context or associated data, or a changed message.
        ValueError: a key of another size.

    Source: protocol-4.md 17.3; checked by extra-v4 aead.
    """
    _check(key)
    if len(sealed) < OVERHEAD:
        raise MalformedEncoding("a sealed message has at least 44 bytes")
    nonce, tag, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:OVERHEAD], sealed[OVERHEAD:]
    expected = _tag(key, key_context, nonce + associated_data + ciphertext)
    if not hmac.compare_digest(expected, tag):
        raise MacMismatch("the tag does not match")
    return _cipher(key, key_context, nonce, ciphertext)


def _check(key: bytes) -> None:
    if len(key) != KEY_SIZE:
        raise ValueError("a key has 32 bytes")


def _tag(key: bytes, key_context: bytes, data: bytes) -> bytes:
    return kmac(kdf(key, "aead/mac", key_context), data, Customization.AEAD)


def _cipher(key: bytes, key_context: bytes, nonce: bytes, data: bytes) -> bytes:
    derived = kdf(key, "aead/enc", key_context)
    cipher = Cipher(algorithms.AES(derived), modes.CTR(nonce + _FIRST_BLOCK)).encryptor()
    return cipher.update(data) + cipher.finalize()
