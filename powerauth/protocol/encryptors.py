"""The encryptors of the protocol: what each is called in the key derivation, and its scope."""

from enum import Enum


class Scope(Enum):
    """Whom an encrypted message belongs to: an application, or one activation of it."""

    APPLICATION = "application"
    ACTIVATION = "activation"


class Encryptor(Enum):
    """A purpose of encryption. Source: protocol.md 5.1."""

    APPLICATION_GENERIC = ("/pa/generic/application", Scope.APPLICATION)
    ACTIVATION_GENERIC = ("/pa/generic/activation", Scope.ACTIVATION)
    ACTIVATION_LAYER_2 = ("/pa/activation", Scope.APPLICATION)
    UPGRADE = ("/pa/upgrade", Scope.ACTIVATION)
    VAULT_UNLOCK = ("/pa/vault/unlock", Scope.ACTIVATION)
    CREATE_TOKEN = ("/pa/token/create", Scope.ACTIVATION)
    CONFIRM_RECOVERY_CODE = ("/pa/recovery/confirm", Scope.ACTIVATION)

    def __init__(self, sh1: str, scope: Scope) -> None:
        """Name the parts of the value."""
        self.sh1 = sh1
        self.scope = scope
