"""The symmetric keys of an activation and of an application, 32 bytes each.

Every key is derived by the full path of its label: the second step repeats the first.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from powerauth.protocol.encoding import b64d
from powerauth.protocol.primitives import KEY_SIZE as APPLICATION_SECRET_SIZE
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE, Customization, kdf, kmac

_MIN_SALT_SIZE = 32  # bytes


class UtilityKeys(ABC):
    """What derives from KDK_UTILITY: keys that are behind no factor. Source: protocol-4.md 19.2."""

    __slots__ = ()

    @property
    @abstractmethod
    def utility(self) -> bytes:
        """KDK_UTILITY, 32 bytes."""

    @property
    def counter(self) -> bytes:
        """KEY_MAC_CTR_DATA: hashes the counter for the status."""
        return kdf(self.utility, "util/mac/ctr-data")

    @property
    def status(self) -> bytes:
        """KEY_MAC_STATUS: authenticates the status."""
        return kdf(self.utility, "util/mac/status")

    @property
    def temporary_key(self) -> bytes:
        """KEY_MAC_GET_ACT_TEMP_KEY: signs requests of temporary keys."""
        return kdf(self.utility, "util/mac/get-act-temp-key")

    @property
    def personalized_data(self) -> bytes:
        """KEY_MAC_PERSONALIZED_DATA: authenticates offline texts."""
        return kdf(self.utility, "util/mac/personalized-data")

    @property
    def shared_info2(self) -> bytes:
        """KEY_E2EE_SHARED_INFO2: enters encrypted messages."""
        return kdf(self.utility, "util/key-e2ee-sh2")


@dataclass(frozen=True, slots=True)
class KeptUtilityKeys(UtilityKeys):
    """The keys of a phone, which keeps nothing from which keys of factors would follow."""

    kept: bytes = field(repr=False)
    """KDK_UTILITY, 32 bytes."""

    @property
    def utility(self) -> bytes:
        """KDK_UTILITY, 32 bytes."""
        return self.kept


@dataclass(frozen=True, slots=True)
class ActivationKeys(UtilityKeys):
    """What derives from the secret of an activation, each key when it is asked for.

    Source: protocol-4.md 19.2; checked by keys-v4 derived.
    """

    secret: bytes = field(repr=False)
    """KEY_ACTIVATION_SECRET: result of the key exchange, 32 bytes."""

    def __post_init__(self) -> None:
        """Refuse a secret of another size.

        Raises:
            ValueError: not 32 bytes.
        """
        if len(self.secret) != KEY_SIZE:
            raise ValueError("an activation secret has 32 bytes")

    @property
    def possession(self) -> bytes:
        """Factor key of codes; never replaced."""
        return self._derive("auth", "possession")

    @property
    def knowledge(self) -> bytes:
        """The first factor key of codes; a change of the password replaces it."""
        return self._derive("auth", "knowledge")

    @property
    def biometry(self) -> bytes:
        """The first factor key of codes; adding biometry replaces it."""
        return self._derive("auth", "biometry")

    @property
    def device_private(self) -> bytes:
        """KEK_DEVICE_PRIVATE of the vault."""
        return self._derive("vault", "kek-device-private")

    @property
    def app_vault_knowledge(self) -> bytes:
        """KDK_APP_VAULT_KNOWLEDGE of the vault."""
        return self._derive("vault", "kdk-app-vault-knowledge")

    @property
    def app_vault_2fa(self) -> bytes:
        """KDK_APP_VAULT_2FA of the vault."""
        return self._derive("vault", "kdk-app-vault-2fa")

    @property
    def utility(self) -> bytes:
        """KDK_UTILITY, 32 bytes."""
        return kdf(self.secret, "util")

    def _derive(self, branch: str, name: str) -> bytes:
        return kdf(kdf(self.secret, branch), f"{branch}/{name}")


def application_temporary_key(application_secret: str) -> bytes:
    """Derive KEY_MAC_GET_APP_TEMP_KEY, which signs requests of temporary keys.

    Args:
        application_secret: Base64 text of 16 bytes, which are used as bytes.

    Raises:
        MalformedEncoding: another text.

    Source: protocol-4.md 19.2; checked by keys-v4 application.
    """
    secret = b64d(application_secret, size=APPLICATION_SECRET_SIZE)
    return kdf(secret, "util/mac/get-app-temp-key")


def password_key(password: str, salt: bytes, size: int = KEY_SIZE) -> bytes:
    """Derive the key that protects a factor key on the phone by a password.

    Args:
        password: any text.
        salt: at least 32 bytes.
        size: number of bytes of the result.

    Raises:
        ValueError: a shorter salt.

    Source: protocol-4.md 17.2; checked by extra-v4 password_kdf and keys-v4 password.
    """
    if len(salt) < _MIN_SALT_SIZE:
        raise ValueError("a salt has at least 32 bytes")
    return kmac(password.encode(), salt, Customization.PASSWORD_KEY, size)
