"""The vault: the key that protects the device's private key, as it travels and as it is used."""

import re

from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.keys import ActivationKeys
from powerauth.protocol.primitives import KEY_SIZE, ZERO_IV, aes_cbc_decrypt, aes_cbc_encrypt

REASON_PATTERN = r"[A-Za-z0-9_\-.]{3,255}"
_REASON = re.compile(REASON_PATTERN)


def encrypt_vault_key(keys: ActivationKeys) -> bytes:
    """Encrypt the vault key for the device, 32 bytes.

    Source: protocol.md 10.2; checked by vault.
    """
    return aes_cbc_encrypt(keys.transport, ZERO_IV, keys.vault)


def decrypt_vault_key(transport_key: bytes, data: bytes) -> bytes:
    """Decrypt the vault key on the device, 16 bytes.

    Raises:
        MalformedEncoding: not the ciphertext of a key.

    Source: protocol.md 10.2; checked by vault.
    """
    key = aes_cbc_decrypt(transport_key, ZERO_IV, data)
    if len(key) != KEY_SIZE:
        raise MalformedEncoding("a vault key has 16 bytes")
    return key


def encrypt_device_key(vault_key: bytes, private_key: bytes) -> bytes:
    """Encrypt the device's private key for its storage on the device.

    Source: protocol.md 10.2; checked by vault.
    """
    return aes_cbc_encrypt(vault_key, ZERO_IV, private_key)


def decrypt_device_key(vault_key: bytes, data: bytes) -> bytes:
    """Decrypt the device's private key; its length is not checked here.

    Raises:
        MalformedEncoding: not a ciphertext of this key.

    Source: protocol.md 10.2; checked by vault.
    """
    return aes_cbc_decrypt(vault_key, ZERO_IV, data)


def is_unlock_reason(text: str) -> bool:
    """Tell whether a text may stand as the reason of an unlock. Source: protocol.md 10.2."""
    return _REASON.fullmatch(text) is not None
