"""Stored records as former versions of this server wrote them."""

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from powerauth.protocol.encoding import cat
from powerauth.protocol.primitives import hmac_sha256


class FormerKeyring:
    """Writes records of mode 2, whose context does not say what their row refers to."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, plaintext: bytes, *, context: tuple[str, ...]) -> bytes:
        key = hmac_sha256(key=self._key, data=cat(*(part.encode() for part in context)))
        key_id = hmac_sha256(key=self._key, data=b"record key id")[:4]
        header = b"\x02" + key_id + secrets.token_bytes(12)
        return header + AESGCM(key).encrypt(header[-12:], plaintext, header)
