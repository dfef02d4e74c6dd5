"""Authenticated encryption: AES-256-CTR, then KMAC256 over nonce, associated data, ciphertext."""

import hmac
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from powerauth.protocol.errors import MacMismatch, MalformedEncoding
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE, Customization, kdf, kmac

NONCE_SIZE = 12  # bytes
TAG_SIZE = 32  # bytes
OVERHEAD = NONCE_SIZE + TAG_SIZE  # bytes that a sealed message has more than its plaintext

_FIRST_BLOCK = bytes(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class AeadKeys:
    """The keys of all messages with one key and one key context, 32 bytes each."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    @classmethod
    def derive(cls, key: bytes, key_context: bytes) -> Self:
        """Derive the keys.

        Args:
            key: 32 bytes.
            key_context: any bytes.

        Raises:
            ValueError: a key of another size.

        Source: protocol-4.md 17.3; checked by extra-v4 aead.
        """
        if len(key) != KEY_SIZE:
            raise ValueError("a key has 32 bytes")
        enc, mac = (kdf(key, label, key_context) for label in ("aead/enc", "aead/mac"))
        return cls(enc=enc, mac=mac)

    def seal(self, plaintext: bytes, *, nonce: bytes, associated_data: bytes) -> bytes:
        """Encrypt and authenticate a message (SEAL).

        Args:
            plaintext: any bytes, none included.
            nonce: 12 bytes, never twice with the same keys.
            associated_data: what the tag covers besides. It has to tell where it ends, as parts
                behind their lengths do: nothing divides it from the ciphertext.

        Returns: nonce, tag and ciphertext, 44 bytes more than the plaintext.

        Raises:
            ValueError: a nonce of another size.

        Source: protocol-4.md 17.3; checked by extra-v4 aead.
        """
        if len(nonce) != NONCE_SIZE:
            raise ValueError("a nonce has 12 bytes")
        ciphertext = self._cipher(nonce, plaintext)
        return nonce + self._tag(nonce + associated_data + ciphertext) + ciphertext

    def open(self, sealed: bytes, *, associated_data: bytes) -> bytes:
        """Decrypt a message after its tag has proved right (OPEN); see `seal` for the shapes.

        Raises:
            MalformedEncoding: shorter than 44 bytes.
            MacMismatch: other keys or associated data, or a changed message.

        Source: protocol-4.md 17.3; checked by extra-v4 aead.
        """
        if len(sealed) < OVERHEAD:
            raise MalformedEncoding("a sealed message has at least 44 bytes")
        nonce, tag, ciphertext = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:OVERHEAD], sealed[OVERHEAD:]
        if not hmac.compare_digest(self._tag(nonce + associated_data + ciphertext), tag):
            raise MacMismatch("the tag does not match")
        return self._cipher(nonce, ciphertext)

    def _tag(self, data: bytes) -> bytes:
        return kmac(self.mac, data, Customization.AEAD)

    def _cipher(self, nonce: bytes, data: bytes) -> bytes:
        # In counter mode both directions are the same.
        cipher = Cipher(algorithms.AES(self.enc), modes.CTR(nonce + _FIRST_BLOCK)).encryptor()
        return cipher.update(data) + cipher.finalize()
