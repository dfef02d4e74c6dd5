"""The envelope key of one encrypted exchange: derivation, encryption and MAC.

This is the layer below versions and scopes: shared infos are plain bytes here.
"""

import hmac
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.errors import MacMismatch
from powerauth.protocol.primitives import (
    KEY_SIZE,
    ZERO_IV,
    aes_cbc_decrypt,
    aes_cbc_encrypt,
    hmac_sha256,
    kdf_internal,
    x963_kdf,
)

ENVELOPE_KEY_SIZE = 3 * KEY_SIZE  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeKey:
    """Encryption, MAC and IV key of one exchange, 16 bytes each. Source: protocol.md 5.3."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    iv: bytes = field(repr=False)

    @classmethod
    def derive(cls, secret: bytes, shared_info1: bytes, ephemeral_public_key: bytes) -> Self:
        """Derive the key from a shared secret of 32 bytes, which is not folded.

        Args:
            secret: result of the key agreement, 32 bytes.
            shared_info1: name of the encryptor, behind the version where the version says so.
            ephemeral_public_key: exactly the bytes that travel, 33 or 65.

        Source: protocol.md 5.3.
        """
        return cls.of_bytes(
            x963_kdf(secret, shared_info1 + ephemeral_public_key, ENVELOPE_KEY_SIZE)
        )

    @classmethod
    def of_bytes(cls, key: bytes) -> Self:
        """Take the parts out of 48 bytes; see `to_bytes`.

        Raises:
            ValueError: another size.
        """
        if len(key) != ENVELOPE_KEY_SIZE:
            raise ValueError("an envelope key has 48 bytes")
        return cls(enc=key[:16], mac=key[16:32], iv=key[32:])

    def to_bytes(self) -> bytes:
        """Join the parts to 48 bytes."""
        return self.enc + self.mac + self.iv

    def seal(
        self, plaintext: bytes, *, nonce: bytes | None, shared_info2: bytes
    ) -> tuple[bytes, bytes]:
        """Encrypt a message.

        Returns: the ciphertext, and its MAC of 32 bytes.

        Source: protocol.md 5.4, 5.5.
        """
        ciphertext = aes_cbc_encrypt(self.enc, self._iv_of(nonce), plaintext)
        return ciphertext, hmac_sha256(key=self.mac, data=ciphertext + shared_info2)

    def open(
        self, ciphertext: bytes, *, mac: bytes, nonce: bytes | None, shared_info2: bytes
    ) -> bytes:
        """Decrypt a message after its MAC has proved right.

        Raises:
            MacMismatch: the MAC belongs to another message.
            MalformedEncoding: the padding is broken in spite of a right MAC.

        Source: protocol.md 5.4, 5.5.
        """
        expected = hmac_sha256(key=self.mac, data=ciphertext + shared_info2)
        if not hmac.compare_digest(expected, mac):
            raise MacMismatch("the MAC does not match")
        return aes_cbc_decrypt(self.enc, self._iv_of(nonce), ciphertext)

    def _iv_of(self, nonce: bytes | None) -> bytes:
        return ZERO_IV if nonce is None else kdf_internal(key=self.iv, index=nonce)
