"""DHKEM on P-384: a secret for the holder of a key, by the export of HPKE (RFC 9180).

Base mode, KEM 0x0011 (DHKEM(P-384, HKDF-SHA384)), KDF 0x0002 (HKDF-SHA384), AEAD 0xFFFF (export
only). By hand, because the library's HPKE has no export.
"""

import hmac
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from powerauth.protocol.curves import P384
from powerauth.protocol.primitives import RandomBytes

SECRET_SIZE = 48  # bytes

# Both the info of the setup and the context of the export.
_INFO = b"DHKEM-P384"
_KEM_ID = b"KEM\x00\x11"
_HPKE_ID = b"HPKE\x00\x11\x00\x02\xff\xff"
_BASE_MODE = b"\x00"
_NO_SALT = bytes(SECRET_SIZE)


def encapsulate(
    public_key: bytes, random: RandomBytes = secrets.token_bytes
) -> tuple[bytes, bytes]:
    """Make a secret for the holder of a private key.

    Args:
        public_key: P-384 point of either form; the secret is the same.
        random: source of the ephemeral key.

    Returns: the ephemeral public key (97 bytes), and the secret (48 bytes).

    Raises:
        MalformedKey: no valid public key.

    Source: protocol-4.md 18.2; checked by shared-secret-v4.
    """
    point = P384.normalize_public_key(public_key)
    ephemeral, agreed = P384.ephemeral_ecdh(point, random)
    return ephemeral, _export(agreed, ephemeral + point)


def decapsulate(private_key: bytes, ephemeral_public_key: bytes) -> bytes:
    """Give the secret that was made for a private key, 48 bytes.

    Raises:
        MalformedKey: no valid key.

    Source: protocol-4.md 18.2; checked by shared-secret-v4.
    """
    ephemeral = P384.normalize_public_key(ephemeral_public_key)
    point = P384.key_pair_of(private_key).public_key
    return _export(P384.ecdh(private_key, ephemeral), ephemeral + point)


def _export(agreed: bytes, points: bytes) -> bytes:
    prk = _extract(_KEM_ID, _NO_SALT, b"eae_prk", agreed)
    shared = _expand(_KEM_ID, prk, b"shared_secret", points)
    no_psk = _extract(_HPKE_ID, _NO_SALT, b"psk_id_hash", b"")
    info = _extract(_HPKE_ID, _NO_SALT, b"info_hash", _INFO)
    secret = _extract(_HPKE_ID, shared, b"secret", b"")
    exporter = _expand(_HPKE_ID, secret, b"exp", _BASE_MODE + no_psk + info)
    return _expand(_HPKE_ID, exporter, b"sec", _INFO)


def _extract(suite_id: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite_id + label + ikm, "sha384")


def _expand(suite_id: bytes, prk: bytes, label: bytes, info: bytes) -> bytes:
    labeled = SECRET_SIZE.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + info
    return HKDFExpand(hashes.SHA384(), SECRET_SIZE, labeled).derive(prk)
