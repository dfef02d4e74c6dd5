"""What a view admits: the rows of mobile-token-api.md 2.1 and standard-rest-api.md 6, as values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings

from powerauth.engine import minimum_version
from powerauth.errors import ErrorCode
from powerauth.protocol.errors import UnsupportedVersion
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import ACTIVE_ONLY

# Setting that limits the bodies of views with an `access`: what is signed there is kept.
SIGNED_BODY = "SIGNED_BODY_BYTES"

P = SignatureType.POSSESSION
PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
PKB = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may call a view.

    Args:
        signed_with: types of signatures that are accepted; none: signatures are refused.
        tokens_of: types that an accepted token was created with; none: tokens are refused.
        resource_id: what the signature names as its target; not the URL.
        resource_ids_setting: setting that holds the resource ids instead, all of them acceptable.
        one_factor_setting: setting that admits possession alone besides.
        states: names of those in which signatures of an activation are compared.
    """

    signed_with: frozenset[SignatureType] = frozenset()
    tokens_of: frozenset[SignatureType] = frozenset()
    resource_id: str = ""
    resource_ids_setting: str = ""
    one_factor_setting: str = ""
    states: Collection[str] = ACTIVE_ONLY

    def resource_ids(self) -> tuple[str, ...]:
        """Give the acceptable resource ids, the usual one first."""
        if self.resource_ids_setting:
            return tuple(getattr(settings, self.resource_ids_setting))
        return (self.resource_id,)

    def signature_types(self) -> frozenset[SignatureType]:
        """Give the acceptable signature types as configured."""
        if self.tokens_of and not settings.SIGNATURE_ACCEPTED_WITH_TOKEN:
            return frozenset()
        if self.one_factor_setting and getattr(settings, self.one_factor_setting):
            return self.signed_with | {P}
        return self.signed_with


class VersionRefused(UnsupportedVersion):
    """A known version of the protocol that is below the configured minimum."""

    # As where the engine refuses it, so that one search of the log finds all.
    log_details: ClassVar = {"reason": ErrorCode.VERSION_NOT_SUPPORTED.value}


def check_generation(number: int) -> None:
    """Refuse a generation of the protocol below the configured minimum; as `check_version` does.

    Raises:
        VersionRefused: the generation is too old for this bank.
    """
    if not minimum_version.admits_generation(number):
        raise VersionRefused("protocol generation below the configured minimum")


def check_version(version: str, resource_ids: Iterable[str] = ()) -> None:
    """Refuse protocol versions below the configured minimum: protocol.md 7.5.

    The engine refuses them, too; here it is done also in front of another server.

    Args:
        resource_ids: what a signature may name as its target.

    Raises:
        VersionRefused: the version is too old for this bank.
    """
    if not minimum_version.admits(version, resource_ids):
        raise VersionRefused("protocol version below the configured minimum")
