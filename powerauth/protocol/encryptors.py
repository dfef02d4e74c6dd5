"""The encryptors of the protocol: what each is called in the key derivation, and its scope."""

from collections.abc import Set as AbstractSet
from enum import Enum

from powerauth.protocol.versions import GENERATION_3, GENERATION_4

_BOTH = GENERATION_3 | GENERATION_4


class Scope(Enum):
    """Whom an encrypted message belongs to: an application, or one activation of it."""

    APPLICATION = "application"
    ACTIVATION = "activation"


class Encryptor(Enum):
    """A purpose of encryption, and the generations that have it.

    Source: protocol.md 5.1, protocol-4.md 21.1.
    """

    APPLICATION_GENERIC = ("/pa/generic/application", Scope.APPLICATION, _BOTH)
    ACTIVATION_GENERIC = ("/pa/generic/activation", Scope.ACTIVATION, _BOTH)
    ACTIVATION_LAYER_2 = ("/pa/activation", Scope.APPLICATION, _BOTH)
    UPGRADE = ("/pa/upgrade", Scope.ACTIVATION, GENERATION_3)
    UPGRADE_START = ("/pa/upgrade/start", Scope.APPLICATION, GENERATION_4)
    VAULT_UNLOCK = ("/pa/vault/unlock", Scope.ACTIVATION, _BOTH)
    CREATE_TOKEN = ("/pa/token/create", Scope.ACTIVATION, _BOTH)
    CONFIRM_RECOVERY_CODE = ("/pa/recovery/confirm", Scope.ACTIVATION, GENERATION_3)
    CHANGE_PASSWORD = ("/pa/password/change", Scope.ACTIVATION, GENERATION_4)
    ADD_BIOMETRY = ("/pa/biometry/add", Scope.ACTIVATION, GENERATION_4)

    def __init__(self, sh1: str, scope: Scope, generations: AbstractSet[int]) -> None:
        """Name the parts of the value."""
        self.sh1 = sh1
        self.scope = scope
        self.generations = generations
