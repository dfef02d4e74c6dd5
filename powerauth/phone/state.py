"""Everything that a phone remembers, as values; `state_file` keeps them on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from powerauth.phone.errors import DamagedState
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.signature import next_counter
from powerauth.protocol.versions import traits_of

FORMAT = 1
NEWEST_VERSION = "3.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A value whose members are texts, numbers and bytes; bytes travel as Base64."""

    def to_json(self) -> dict[str, Any]:
        """Return the members, ready for JSON."""
        members = {f.name: getattr(self, f.name) for f in fields(self)}
        return {n: b64(v) if isinstance(v, bytes) else v for n, v in members.items()}

    @classmethod
    def from_json(cls, members: object) -> Self:
        """Read what `to_json` wrote.

        Raises:
            DamagedState: a member is absent or malformed.
        """
        if not isinstance(members, Mapping):
            raise DamagedState("not a record")
        values: dict[str, Any] = {}
        for member in fields(cls):
            values[member.name] = _decode(members.get(member.name), member.type)
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(_Record):
    """A token for simple authentication. Source: protocol.md 8."""

    token_id: str
    secret: bytes = field(repr=False)
    """16 bytes."""
    factors: str
    """The signature type that created it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment(_Record):
    """One activation from the phone's side. Source: protocol.md 2.1, 4.4."""

    activation_id: str
    server_public_key: bytes
    device_public_key: bytes
    possession_key: bytes = field(repr=False)
    transport_key: bytes = field(repr=False)
    knowledge_locked: bytes = field(repr=False)
    """The knowledge key under the key of the PIN."""
    pin_salt: bytes = field(repr=False)
    biometry_locked: bytes = field(repr=False)
    """The biometry key under `biometry_lock`."""
    biometry_lock: bytes = field(repr=False)
    """The key that a real phone would give out for a fingerprint or a face only."""
    device_key_locked: bytes = field(repr=False)
    """The device's private key under the vault key, which only the server gives out."""
    ctr_data: bytes = field(repr=False)
    """Counter data of the next signature, 16 bytes."""
    counter: int = 0
    """How many steps the counter made."""

    def stepped(self, steps: int = 1) -> Self:
        """Return the same activation with its counter moved forward. Source: protocol.md 7.4."""
        ctr_data = self.ctr_data
        for _ in range(steps):
            ctr_data = next_counter(ctr_data)
        return replace(self, ctr_data=ctr_data, counter=self.counter + steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """What a phone keeps between two uses."""

    sdk_config: str = field(repr=False)
    base_url: str
    version: str = NEWEST_VERSION
    clock_offset_ms: int = 0
    """Server time minus own time."""
    enrolment: Enrolment | None = None
    token: Token | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the members, ready for JSON."""
        return {
            "format": FORMAT,
            "sdk_config": self.sdk_config,
            "base_url": self.base_url,
            "version": self.version,
            "clock_offset_ms": self.clock_offset_ms,
            "enrolment": None if self.enrolment is None else self.enrolment.to_json(),
            "token": None if self.token is None else self.token.to_json(),
        }

    @classmethod
    def from_json(cls, members: object) -> Self:
        """Read what `to_json` wrote.

        Raises:
            DamagedState: another format, or a member is absent or malformed.
        """
        if not isinstance(members, Mapping) or members.get("format") != FORMAT:
            raise DamagedState("not the file of a phone, or one of another format")
        version = _decode(members.get("version"), str)
        try:
            traits_of(version)
        except ProtocolError:
            raise DamagedState("unknown protocol version") from None
        enrolment, token = members.get("enrolment"), members.get("token")
        return cls(
            sdk_config=_decode(members.get("sdk_config"), str),
            base_url=_decode(members.get("base_url"), str),
            version=version,
            clock_offset_ms=_decode(members.get("clock_offset_ms"), int),
            enrolment=None if enrolment is None else Enrolment.from_json(enrolment),
            token=None if token is None else Token.from_json(token),
        )


def _decode(value: object, kind: object) -> Any:
    """Convert a JSON value to text, number or bytes."""
    if kind is bytes and isinstance(value, str):
        try:
            return b64d(value)
        except ProtocolError:
            raise DamagedState("a member is not Base64") from None
    if (kind is str and isinstance(value, str)) or (kind is int and type(value) is int):
        return value
    raise DamagedState("a member is absent or of a wrong kind")
