"""The vault of version 4.0: several keys by name, each behind its own factors."""

from enum import StrEnum
from typing import Self

from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.keys import ActivationKeys

_KNOWLEDGE = SignatureType.POSSESSION_KNOWLEDGE
_BIOMETRY = SignatureType.POSSESSION_BIOMETRY


class VaultKey(StrEnum):
    """A key that a phone may ask for, by its name on the wire. Source: protocol-4.md 28."""

    KEK_DEVICE_PRIVATE = "KEK_DEVICE_PRIVATE"
    """Protects the phone's private keys."""
    KDK_APP_VAULT_2FA = "KDK_APP_VAULT_2FA"
    """For secrets of the app that either factor opens."""
    KDK_APP_VAULT_KNOWLEDGE = "KDK_APP_VAULT_KNOWLEDGE"
    """For secrets of the app that the PIN alone opens."""

    @classmethod
    def parse(cls, identifier: object) -> Self:
        """Read the ``keyIdentifier`` of a request.

        Raises:
            MalformedPayload: no name of a key.
        """
        for key in cls:
            if key.value == identifier:
                return key
        raise MalformedPayload("unknown key of the vault")

    def opens_to(self, kind: SignatureType, *, biometry_opens_device_key: bool = True) -> bool:
        """Tell whether a right code of these factors opens this key.

        Args:
            kind: factors of the code.
            biometry_opens_device_key: False if the application says so.

        Source: protocol-4.md 28.
        """
        if kind is _BIOMETRY:
            by_default = self is not VaultKey.KDK_APP_VAULT_KNOWLEDGE
            return by_default and (biometry_opens_device_key or self is not _DEVICE_KEY)
        return kind is _KNOWLEDGE

    def of(self, keys: ActivationKeys) -> bytes:
        """Give the key of an activation, 32 bytes.

        Source: protocol-4.md 28; checked by keys-v4 derived.
        """
        if self is VaultKey.KDK_APP_VAULT_2FA:
            return keys.app_vault_2fa
        return keys.device_private if self is _DEVICE_KEY else keys.app_vault_knowledge


_DEVICE_KEY = VaultKey.KEK_DEVICE_PRIVATE
