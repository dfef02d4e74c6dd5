"""Texts of QR codes: a MAC for one activation, a signature for all. Source: protocol-4.md 31."""

from powerauth.engine.applications import master_keys
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.generations.values import OfflineText
from powerauth.models import Activation
from powerauth.protocol.v4.offline import build_non_personalized, build_personalized
from powerauth.protocol.v4.primitives.signing import ECDSA_P384


def personal(activation: Activation, text: OfflineText) -> str:
    """See `Offline`."""
    return build_personalized(
        text.data,
        nonce_b64=text.nonce_b64,
        totp=text.totp,
        keys=stored_keys.derived(activation),
    )


def serves_all(application_id: str) -> bool:
    """See `Offline`."""
    return master_keys.has(application_id, ECDSA_P384)


def common(application_id: str, text: OfflineText) -> str:
    """See `Offline`."""
    return build_non_personalized(
        text.data,
        nonce_b64=text.nonce_b64,
        totp=text.totp,
        master_private_key=master_keys.pair(application_id, ECDSA_P384).private_key,
    )
