"""Differences between the protocol versions, as data.

The table is the only place that knows what a version number means: other modules ask a trait and
never compare version texts. Versions of one generation share keys and counter of an activation.
Source: protocol.md 0.2, protocol-4.md 16.1.
"""

from collections.abc import Collection, Mapping
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
    """What one protocol version does. Source: protocol.md 0.2, 5.6, 8.2, protocol-4.md 16."""

    version: str
    generation: int
    """Major version; what an activation is bound to."""
    signature_format: SignatureFormat
    """Form of online signatures; offline signatures are decimal in every version."""
    signature_part: int
    """Bytes of one factor in an online signature in Base64."""
    type_parameter: str
    """Name of the header's parameter that says which factors sign."""
    signature_parameter: str
    """Name of the header's parameter with the signature."""
    request_nonce: bool
    """An encrypted request carries a nonce, and the IV or the AEAD nonce comes from it."""
    request_timestamp: bool
    """An encrypted request carries its time."""
    response_nonce: bool
    """An encrypted response carries a nonce of its own, and a time with it."""
    temporary_key: bool
    """The key of an encrypted request is a temporary one, named in the request."""
    version_in_shared_info: bool
    """The version precedes the name of the encryptor in the key derivation."""
    bound_parameters: bool
    """The MAC covers nonce, time, associated data, and the ephemeral key if there is one."""
    token_digest_includes_version: bool
    """The digest of a token covers the version."""
    replay_checked: bool
    """Encrypted requests can be remembered and refused the second time."""
    status_challenge: bool
    """The client sends a challenge when it asks for the activation status."""


def _traits_3(
    version: str, *, fmt: SignatureFormat, nonce: bool, bound: bool, temporary: bool
) -> VersionTraits:
    return VersionTraits(
        version=version,
        generation=3,
        signature_format=fmt,
        signature_part=16,
        type_parameter="pa_signature_type",
        signature_parameter="pa_signature",
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


_DECIMAL, _BASE64 = SignatureFormat.DECIMAL, SignatureFormat.BASE64

TRAITS: Final[Mapping[str, VersionTraits]] = MappingProxyType(
    {
        "3.0": _traits_3("3.0", fmt=_DECIMAL, nonce=False, bound=False, temporary=False),
        "3.1": _traits_3("3.1", fmt=_BASE64, nonce=True, bound=False, temporary=False),
        "3.2": _traits_3("3.2", fmt=_BASE64, nonce=True, bound=True, temporary=False),
        "3.3": _traits_3("3.3", fmt=_BASE64, nonce=True, bound=True, temporary=True),
        "4.0": VersionTraits(
            version="4.0",
            generation=4,
            signature_format=_BASE64,
            signature_part=32,
            type_parameter="pa_auth_code_type",
            signature_parameter="pa_auth_code",
            request_nonce=True,
            request_timestamp=True,
            response_nonce=False,
            temporary_key=True,
            version_in_shared_info=True,
            bound_parameters=True,
            token_digest_includes_version=True,
            replay_checked=True,
            status_challenge=False,
        ),
    }
)
GENERATION_3: Final = frozenset({3})
GENERATION_4: Final = frozenset({4})
SUPPORTED_VERSIONS: Final[tuple[str, ...]] = tuple(
    version for version, traits in TRAITS.items() if traits.generation in GENERATION_3
)


def traits_of(version: str, generations: Collection[int] = GENERATION_3) -> VersionTraits:
    """Look up the traits of a version.

    Args:
        version: text of a header or a message.
        generations: those that the caller serves; only an endpoint that serves both names both.

    Raises:
        UnsupportedVersion: no version of these generations.

    Source: protocol.md 0.2, protocol-4.md 16.4.
    """
    try:
        traits = TRAITS[version]
    except KeyError:
        raise UnsupportedVersion("protocol version not supported") from None
    if traits.generation not in generations:
        raise UnsupportedVersion("protocol version not supported here")
    return traits
