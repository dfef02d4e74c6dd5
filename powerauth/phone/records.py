"""Values that are kept as JSON: texts, numbers, truth values and bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from powerauth.phone.errors import DamagedState
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A value whose members are texts, numbers, truth values and bytes; bytes become Base64."""

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
            values[member.name] = decode(members.get(member.name), member.type)
        return cls(**values)


def decode(value: object, kind: object) -> Any:
    """Convert a JSON value to a text, a number, a truth value or bytes.

    Raises:
        DamagedState: it is of another kind.
    """
    if kind is bytes and isinstance(value, str):
        try:
            return b64d(value)
        except ProtocolError:
            raise DamagedState("a member is not Base64") from None
    if kind in (str, int, bool) and type(value) is kind:
        return value
    raise DamagedState("a member is absent or of a wrong kind")
