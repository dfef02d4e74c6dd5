"""The one key of the vault, under the transport key. Source: protocol.md 10.2."""

from typing import Annotated, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine import policy
from powerauth.engine.generations import unlock_wishes
from powerauth.engine.generations.three import stored_keys
from powerauth.engine.generations.values import UnlockWish
from powerauth.models import Activation
from powerauth.protocol.encoding import b64
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v3.vault import REASON_PATTERN, encrypt_vault_key


class UnlockReason(TypedDict):
    """What a phone encrypts to have its vault unlocked."""

    reason: NotRequired[
        Annotated[
            str | None,
            Shape(
                "What for: `ADD_BIOMETRY`, `FETCH_ENCRYPTION_KEY`, "
                "`SIGN_WITH_DEVICE_PRIVATE_KEY`, `RECOVERY_CODE`, or another text.",
                keywords={"pattern": f"^{REASON_PATTERN}$"},
            ),
        ]
    ]


class VaultKey(TypedDict):
    """The key of a vault, as the phone decrypts it."""

    encryptedVaultEncryptionKey: Base64


class NoVaultKey(TypedDict):
    """What the bank's own systems pass on where a signature was wrong."""

    encryptedVaultEncryptionKey: None


def types() -> frozenset[SignatureType]:
    """See `Vault`."""
    if policy.vault_biometry_enabled():
        return frozenset({SignatureType.POSSESSION_KNOWLEDGE, SignatureType.POSSESSION_BIOMETRY})
    return frozenset({SignatureType.POSSESSION_KNOWLEDGE})


def read(plaintext: bytes, kind: SignatureType, activation: Activation) -> UnlockWish | None:
    """See `Vault`; whatever may unlock the vault may have its key."""
    wish = unlock_wishes.members(plaintext)
    return None if wish is None else UnlockWish(reason=unlock_wishes.reason_of(wish))


def unlocked(activation: Activation, wish: UnlockWish) -> VaultKey:
    """See `Vault`."""
    key = encrypt_vault_key(stored_keys.derived(activation))
    return {"encryptedVaultEncryptionKey": b64(key)}


def locked() -> NoVaultKey:
    """See `Vault`."""
    return {"encryptedVaultEncryptionKey": None}
