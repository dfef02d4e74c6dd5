"""Texts of QR codes, signed by ECDSA. Source: protocol.md 11.1."""

from powerauth.engine.applications import master_keys
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.generations.values import OfflineText
from powerauth.models import Activation
from powerauth.protocol.v3.offline import MASTER_KEY_ID, SERVER_KEY_ID, KeyId, build_payload


def personal(activation: Activation, text: OfflineText) -> str:
    """See `Offline`."""
    return _signed(text, SERVER_KEY_ID, stored_keys.server_private(activation))


def serves_all(application_id: str) -> bool:
    """See `Offline`."""
    return master_keys.has(application_id)


def common(application_id: str, text: OfflineText) -> str:
    """See `Offline`."""
    return _signed(text, MASTER_KEY_ID, master_keys.pair(application_id).private_key)


def _signed(text: OfflineText, key_id: KeyId, private_key: bytes) -> str:
    return build_payload(
        text.data,
        nonce_b64=text.nonce_b64,
        totp=text.totp,
        key_id=key_id,
        private_key=private_key,
    )
