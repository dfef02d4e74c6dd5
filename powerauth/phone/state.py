"""Everything that a phone remembers, as values; `state_file` keeps them on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from powerauth.phone.enrolments import (
    AnyEnrolment,
    Enrolment4,
    enrolment_4_of,
    enrolment_of,
    enrolment_to_json,
)
from powerauth.phone.errors import DamagedState
from powerauth.phone.records import Record, decode
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v4.suites import EC_P384_ML_L3
from powerauth.protocol.versions import GENERATION_3, GENERATION_4, TRAITS, VersionTraits, traits_of

FORMAT = 1
VERSIONS = tuple(TRAITS)
"""Those that a phone speaks."""
_GENERATIONS = GENERATION_3 | GENERATION_4
USUAL_VERSION = NEWEST_OF_3 = "3.3"
USUAL_SUITE = EC_P384_ML_L3.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Record):
    """A token for simple authentication. Source: protocol.md 8, protocol-4.md 26."""

    token_id: str
    secret: bytes = field(repr=False)
    """16 bytes, in protocol 4.0 it has 32."""
    factors: str
    """The signature type that created it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """What a phone keeps between two uses."""

    sdk_config: str = field(repr=False)
    base_url: str
    version: str = USUAL_VERSION
    suite: str = USUAL_SUITE
    """Name of the suite that an activation or upgrade to protocol 4.0 will have."""
    clock_offset_ms: int = 0
    """Server time minus own time."""
    enrolment: AnyEnrolment | None = None
    upgraded: Enrolment4 | None = None
    """What `enrolment` becomes when the server has confirmed the upgrade to protocol 4.0."""
    token: Token | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the members, ready for JSON."""
        return {
            "format": FORMAT,
            "sdk_config": self.sdk_config,
            "base_url": self.base_url,
            "version": self.version,
            "suite": self.suite,
            "clock_offset_ms": self.clock_offset_ms,
            "enrolment": None if self.enrolment is None else enrolment_to_json(self.enrolment),
            "upgraded": None if self.upgraded is None else enrolment_to_json(self.upgraded),
            "token": None if self.token is None else self.token.to_json(),
        }

    @classmethod
    def from_json(cls, members: object) -> Self:
        """Read what `to_json` wrote, also before there was protocol 4.0.

        Raises:
            DamagedState: another format, or a member is absent or malformed.
        """
        if not isinstance(members, Mapping) or members.get("format") != FORMAT:
            raise DamagedState("not the file of a phone, or one of another format")
        traits = _traits(members)
        enrolment, token = members.get("enrolment"), members.get("token")
        upgraded = members.get("upgraded")
        return cls(
            sdk_config=decode(members.get("sdk_config"), str),
            base_url=decode(members.get("base_url"), str),
            version=traits.version,
            suite=decode(members.get("suite", USUAL_SUITE), str),
            clock_offset_ms=decode(members.get("clock_offset_ms"), int),
            enrolment=None if enrolment is None else enrolment_of(enrolment, traits.generation),
            upgraded=None if upgraded is None else enrolment_4_of(upgraded),
            token=None if token is None else Token.from_json(token),
        )


def known_traits(version: str) -> VersionTraits:
    """Look up a version that phones speak.

    Raises:
        UnsupportedVersion: there is none such.
    """
    return traits_of(version, _GENERATIONS)


def _traits(members: Mapping[Any, Any]) -> VersionTraits:
    try:
        return known_traits(decode(members.get("version"), str))
    except ProtocolError:
        raise DamagedState("unknown protocol version") from None
