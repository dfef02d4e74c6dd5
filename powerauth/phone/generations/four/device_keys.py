"""The private keys of a phone of version 4.0, as they are kept: under KEK_DEVICE_PRIVATE.

The server has no part in the form; it is the one of the mobile SDK. Source: protocol-4.md 28.
"""

import secrets
from collections.abc import Sequence

from powerauth.phone.enrolments import Enrolment4
from powerauth.protocol.curves import P384, KeyPair
from powerauth.protocol.v4.primitives.aead import NONCE_SIZE, AeadKeys

_KEY_CONTEXT = b"enc/kek-device-private"


def lock_device_keys(pairs: Sequence[KeyPair], kek: bytes, activation_id: str) -> bytes:
    """Seal the private keys of a suite, in its order.

    Args:
        kek: KEK_DEVICE_PRIVATE, 32 bytes.
    """
    return AeadKeys.derive(kek, _KEY_CONTEXT).seal(
        b"".join(pair.private_key for pair in pairs),
        nonce=secrets.token_bytes(NONCE_SIZE),
        associated_data=activation_id.encode(),
    )


def open_device_keys(own: Enrolment4, kek: bytes) -> list[bytes]:
    """Give the private keys of the suite, in its order.

    Raises:
        MacMismatch: another key than the one that sealed them.
        ValueError: a key of another size than 32 bytes.
    """
    opened = AeadKeys.derive(kek, _KEY_CONTEXT).open(
        own.device_keys_locked, associated_data=own.activation_id.encode()
    )
    # The scalar comes first; the seed of ML-DSA is the rest.
    keys = opened[: P384.scalar_size], opened[P384.scalar_size :]
    return [key for key in keys if key]
