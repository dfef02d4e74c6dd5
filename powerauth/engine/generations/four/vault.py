"""The keys of the vault, each behind its own factors. Source: protocol-4.md 28."""

from typing import TypedDict

from enrollment_server.api.contract.shapes import Base64
from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import NO_DEVICE_KEY_BY_BIOMETRY
from powerauth.engine.generations import unlock_wishes
from powerauth.engine.generations.four import stored_keys
from powerauth.engine.generations.values import UnlockWish
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation
from powerauth.protocol.encoding import b64
from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.vault import VaultKey


class UnlockedKey(TypedDict):
    """A key of a vault, as the phone decrypts it."""

    vaultEncryptionKey: Base64


class NoUnlockedKey(TypedDict):
    """What the bank's own systems pass on where a code was wrong."""

    vaultEncryptionKey: None


def types() -> frozenset[SignatureType]:
    """See `Vault`."""
    return frozenset({SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY})


def read(plaintext: bytes, kind: SignatureType, activation: Activation) -> UnlockWish | None:
    """See `Vault`."""
    wish = unlock_wishes.members(plaintext)
    if wish is None:
        return None
    reason = unlock_wishes.reason_of(wish)
    try:
        key = VaultKey.parse(wish.get("keyIdentifier"))
    except MalformedPayload as error:
        raise EngineRefusal(ErrorCode.INPUT_FORMAT) from error
    # The application is asked only where its answer matters.
    if not key.opens_to(kind) or not (
        key.opens_to(kind, biometry_opens_device_key=False)
        or biometry_opens_device_key(activation.application_id)
    ):
        raise EngineRefusal(ErrorCode.INVALID_SIGNATURE)
    return UnlockWish(reason=reason, key=key.value)


def unlocked(activation: Activation, wish: UnlockWish) -> UnlockedKey:
    """See `Vault`."""
    key = VaultKey.parse(wish.key).of(stored_keys.derived(activation))
    return {"vaultEncryptionKey": b64(key)}


def locked() -> NoUnlockedKey:
    """See `Vault`."""
    return {"vaultEncryptionKey": None}


def biometry_opens_device_key(application_id: str) -> bool:
    """Tell whether biometry opens the key of the device's keys; unclear values forbid it."""
    values = application_config.values_of(application_id, NO_DEVICE_KEY_BY_BIOMETRY)
    return all(value in (False, "false") for value in values)
