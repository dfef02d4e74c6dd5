"""The vault of version 4.0: keys by name. Source: protocol-4.md 28."""

from collections.abc import Mapping
from typing import Any

from powerauth.phone.core import PhoneCore
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.four.device_keys import open_device_keys
from powerauth.phone.generations.values import Signatures, VaultWish
from powerauth.phone.requests.answers import text_member
from powerauth.protocol.encoding import b64d
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE
from powerauth.protocol.v4.vault import VaultKey


def question(wish: VaultWish) -> dict[str, object]:
    """Give the members that ask for a key."""
    key_name = VaultKey.KEK_DEVICE_PRIVATE if wish.key is None else VaultKey.parse(wish.key)
    reason = {} if wish.reason is None else {"reason": wish.reason}
    return {"keyIdentifier": key_name.value, **reason}


def key(_phone: PhoneCore, answer: Mapping[str, Any]) -> bytes:
    """Read the key of an answer, 32 bytes."""
    with distrusting("vault key"):
        return b64d(text_member(answer, "vaultEncryptionKey"), size=KEY_SIZE)


def sign(phone: PhoneCore, vault_key: bytes, data: bytes) -> Signatures:
    """Sign data by all keys of the device. Source: protocol-4.md 29."""
    own = phone.enrolment_4
    with distrusting("vault key"):
        keys = open_device_keys(own, vault_key)
    signers = zip(own.suite.signing, keys, strict=True)
    return {algorithm.label: algorithm.sign(key, data) for algorithm, key in signers}


def verify(phone: PhoneCore, data: bytes, signatures: Signatures) -> bool:
    """Tell whether there is a right signature by each key of the device, and no other."""
    own = phone.enrolment_4
    public_keys = own.device_keys.by_algorithm(own.suite)
    return signatures.keys() == {algorithm.label for algorithm, _ in public_keys} and all(
        algorithm.verify(public_key, data, signatures[algorithm.label])
        for algorithm, public_key in public_keys
    )
