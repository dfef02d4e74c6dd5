"""Differences between the protocol versions, as data.

The table is the only place that knows what a version number means: other modules ask a trait and
never compare version texts. Source: protocol.md 0.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from powerauth.protocol.errors import UnsupportedVersion


class SignatureFormat(Enum):
    """Text form of a signature. Source: protocol.md 7.3."""

    DECIMAL = "decimal"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTraits:
    """What one protocol version does. Source: protocol.md 0.2, 5.6, 8.2."""

    version: str
    signature_format: SignatureFormat
    """Form of online signatures; offline signatures are decimal in every version."""
    request_nonce: bool
    """An encrypted request carries a nonce, and the IV comes from it."""
    request_timestamp: bool
    """An encrypted request carries its time."""
    response_nonce: bool
    """An encrypted response carries a nonce and a time of its own."""
    temporary_key: bool
    """The recipient of an encrypted request is a temporary key, named in the request."""
    version_in_shared_info: bool
    """The version precedes the name of the encryptor in the key derivation."""
    bound_parameters: bool
    """The MAC covers nonce, time, ephemeral key and associated data."""
    token_digest_includes_version: bool
    """The digest of a token covers the version."""
    replay_checked: bool
    """Encrypted requests can be remembered and refused the second time."""
    status_challenge: bool
    """The client sends a challenge when it asks for the activation status."""


def _traits(
    version: str, *, fmt: SignatureFormat, nonce: bool, bound: bool, temporary: bool
) -> VersionTraits:
    return VersionTraits(
        version=version,
        signature_format=fmt,
        request_nonce=nonce,
        request_timestamp=bound,
        response_nonce=bound,
        temporary_key=temporary,
        version_in_shared_info=bound,
        bound_parameters=bound,
        token_digest_includes_version=bound,
        replay_checked=bound,
        status_challenge=nonce,
    )


TRAITS: Final[Mapping[str, VersionTraits]] = MappingProxyType(
    {
        "3.0": _traits(
            "3.0", fmt=SignatureFormat.DECIMAL, nonce=False, bound=False, temporary=False
        ),
        "3.1": _traits("3.1", fmt=SignatureFormat.BASE64, nonce=True, bound=False, temporary=False),
        "3.2": _traits("3.2", fmt=SignatureFormat.BASE64, nonce=True, bound=True, temporary=False),
        "3.3": _traits("3.3", fmt=SignatureFormat.BASE64, nonce=True, bound=True, temporary=True),
    }
)
SUPPORTED_VERSIONS: Final[tuple[str, ...]] = tuple(TRAITS)


def traits_of(version: str) -> VersionTraits:
    """Look up the traits of a version.

    Raises:
        UnsupportedVersion: none of 3.0, 3.1, 3.2 and 3.3.

    Source: protocol.md 0.2.
    """
    try:
        return TRAITS[version]
    except KeyError:
        raise UnsupportedVersion("protocol version not supported") from None
