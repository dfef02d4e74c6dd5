"""Offline texts of version 3, which the server signs by ECDSA on P-256."""

from dataclasses import dataclass
from typing import Literal

from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import sign, verify
from powerauth.protocol.offline_text import (
    NONCE_SIZE,
    OFFLINE_RESOURCE_ID,
    OFFLINE_SECRET,
    OfflineText,
    build_offline_data,
    encode_text,
    escape_attribute,
    offline_base,
    offline_body,
    parse_offline_signature,
    text_to_sign,
    with_totp,
)

__all__ = [
    "MASTER_KEY_ID",
    "NONCE_SIZE",
    "OFFLINE_RESOURCE_ID",
    "OFFLINE_SECRET",
    "SERVER_KEY_ID",
    "KeyId",
    "OfflinePayload",
    "build_offline_data",
    "build_payload",
    "escape_attribute",
    "offline_base",
    "offline_body",
    "parse_offline_signature",
    "parse_payload",
    "with_totp",
]

KeyId = Literal["0", "1"]
MASTER_KEY_ID: KeyId = "0"
SERVER_KEY_ID: KeyId = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePayload(OfflineText):
    """A scanned QR code with an operation. Source: protocol.md 11.1, 11.2."""

    def verify(self, public_key: bytes) -> bool:
        """Tell whether the server signed this; the caller picks the key by `key_id`.

        Raises:
            MalformedKey: no valid public key.

        Source: protocol.md 11.1; checked by offline_payload.
        """
        return verify(public_key, self.signed, self.signature)


def build_payload(
    data: str, *, nonce_b64: str, totp: str | None, key_id: KeyId, private_key: bytes
) -> str:
    """Sign a text for a QR code.

    Args:
        data: free text, or lines of `build_offline_data`.
        nonce_b64: Base64 of 16 bytes; the app signs it in this form.
        totp: code of the proximity check, or None.
        key_id: ``1`` for the server key of the activation, ``0`` for the master key.
        private_key: that key.

    Raises:
        ProtocolError: malformed nonce, code or private key, or the text is no Unicode text.

    Source: protocol.md 11.1.
    """
    text = text_to_sign(data, nonce_b64=nonce_b64, totp=totp, key_id=key_id)
    return text + b64(sign(private_key, encode_text(text)))


def parse_payload(text: str) -> OfflinePayload:
    """Read the text of a QR code with an operation. The signature is not checked here.

    Raises:
        ProtocolError: too few lines, malformed nonce, key id or signature.

    Source: protocol.md 11.2; checked by offline_qr_layout.
    """
    return OfflinePayload.parse(text, (MASTER_KEY_ID, SERVER_KEY_ID))
