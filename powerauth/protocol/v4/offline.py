"""Offline texts of version 4.0.

A text for one activation carries a MAC, since only its phone reads it. A text for any activation of
an application is signed by the master key on P-384; who asks for it says that phones of version 4.0
will read it.
"""

import hmac
from dataclasses import dataclass

from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64
from powerauth.protocol.offline_text import OfflineText, encode_text, text_to_sign
from powerauth.protocol.v4.keys import UtilityKeys
from powerauth.protocol.v4.primitives.kmac import Customization, kmac

MASTER_KEY_ID = "0"
PERSONALIZED_KEY_ID = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePayload(OfflineText):
    """A scanned QR code with an operation. Source: protocol-4.md 31."""

    def verify(self, *, keys: UtilityKeys, master_public_key: bytes) -> bool:
        """Tell whether the server wrote this for the activation, or for its application.

        Args:
            keys: keys of the activation.
            master_public_key: P-384 key of the application.

        Raises:
            MalformedKey: no valid public key.

        Source: protocol-4.md 31; checked by offline-v4.
        """
        if self.key_id == PERSONALIZED_KEY_ID:
            return hmac.compare_digest(_mac(keys, self.signed), self.signature)
        return P384.verify(master_public_key, self.signed, self.signature)


def build_personalized(data: str, *, nonce_b64: str, totp: str | None, keys: UtilityKeys) -> str:
    """Write a text for the phone of one activation; for the arguments see `text_to_sign`.

    Raises:
        ProtocolError: malformed nonce or code, or the text is no Unicode text.

    Source: protocol-4.md 31; checked by offline-v4.
    """
    text = text_to_sign(data, nonce_b64=nonce_b64, totp=totp, key_id=PERSONALIZED_KEY_ID)
    return text + b64(_mac(keys, encode_text(text)))


def build_non_personalized(
    data: str, *, nonce_b64: str, totp: str | None, master_private_key: bytes
) -> str:
    """Write a text for all phones of an application; for the arguments see `text_to_sign`.

    Raises:
        ProtocolError: malformed nonce, code or private key, or the text is no Unicode text.

    Source: protocol-4.md 31; checked by offline-v4 nonPersonalized.
    """
    text = text_to_sign(data, nonce_b64=nonce_b64, totp=totp, key_id=MASTER_KEY_ID)
    return text + b64(P384.sign(master_private_key, encode_text(text)))


def parse_payload(text: str) -> OfflinePayload:
    """Read the text of a QR code with an operation. Nothing is authenticated here.

    Raises:
        ProtocolError: too few lines, malformed nonce, key id, MAC or signature.

    Source: protocol-4.md 31; checked by offline-v4.
    """
    return OfflinePayload.parse(text, (MASTER_KEY_ID, PERSONALIZED_KEY_ID))


def _mac(keys: UtilityKeys, signed: bytes) -> bytes:
    return kmac(keys.personalized_data, signed, Customization.OFFLINE)
