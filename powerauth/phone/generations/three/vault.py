"""The vault of version 3: one key. Source: protocol.md 10.2."""

from collections.abc import Mapping
from typing import Any

from powerauth.phone.core import PhoneCore
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.values import Signatures, VaultWish
from powerauth.phone.requests.answers import text_member
from powerauth.protocol.encoding import b64d
from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.v3.vault import decrypt_device_key, decrypt_vault_key
from powerauth.protocol.v4.primitives.signing import ECDSA_P256


def question(wish: VaultWish) -> dict[str, object]:
    """Give the members that ask for the key."""
    if wish.key is not None:
        raise MalformedPayload("there is one key of the vault only")
    return {} if wish.reason is None else {"reason": wish.reason}


def key(phone: PhoneCore, answer: Mapping[str, Any]) -> bytes:
    """Read the key of an answer, 16 bytes."""
    encrypted_b64 = text_member(answer, "encryptedVaultEncryptionKey")
    with distrusting("vault key"):
        return decrypt_vault_key(phone.enrolment_3.transport_key, b64d(encrypted_b64))


def sign(phone: PhoneCore, vault_key: bytes, data: bytes) -> Signatures:
    """Sign data by the device's key. Source: protocol.md 10.4."""
    with distrusting("vault key"):
        private_key = decrypt_device_key(vault_key, phone.enrolment_3.device_key_locked)
        return {ECDSA_P256.label: ECDSA_P256.sign(private_key, data)}


def verify(phone: PhoneCore, data: bytes, signatures: Signatures) -> bool:
    """Tell whether the one signature is by the device's key."""
    if signatures.keys() != {ECDSA_P256.label}:
        return False
    public_key = phone.enrolment_3.device_public_key
    return ECDSA_P256.verify(public_key, data, signatures[ECDSA_P256.label])
