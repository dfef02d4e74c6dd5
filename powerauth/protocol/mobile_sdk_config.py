"""The configuration string that a bank puts into the build of its mobile app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedPayload
from powerauth.protocol.keys import PUBLIC_KEY_SIZE
from powerauth.protocol.primitives import KEY_SIZE

_FORMAT_VERSION = 1
_P256_KEY_ID = 1
# Sizes of P-384 points, ML-DSA-65 and ML-DSA-87; keys of other kinds are skipped.
_FURTHER_SIZES = {2: (49, 97), 3: (1974,), 4: (2614,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileSdkConfig:
    """Application key (16 bytes), secret (16 bytes) and master public keys."""

    application_key: bytes
    application_secret: bytes = field(repr=False)
    master_public_key: bytes
    """P-256, 65 bytes."""
    further_master_keys: Mapping[int, bytes] = field(default_factory=dict)
    """Those of version 4.0 by key id, protocol-4.md 20.1."""

    def __post_init__(self) -> None:
        """Refuse members of a wrong size.

        Raises:
            MalformedPayload: one of these, or a further key of an unknown kind.
        """
        sizes = len(self.application_key), len(self.application_secret), len(self.master_public_key)
        if sizes != (KEY_SIZE, KEY_SIZE, PUBLIC_KEY_SIZE):
            raise MalformedPayload("wrong size of a configuration member")
        for key_id, key in self.further_master_keys.items():
            if len(key) not in _FURTHER_SIZES.get(key_id, ()):
                raise MalformedPayload("wrong size of a master key")

    @property
    def master_public_keys(self) -> dict[int, bytes]:
        """All master keys by key id."""
        return {_P256_KEY_ID: self.master_public_key, **self.further_master_keys}

    def to_text(self) -> str:
        """Write the configuration as Base64. Source: protocol.md 3.1, protocol-4.md 20.1."""
        keys = self.master_public_keys
        return b64(
            bytes([_FORMAT_VERSION])
            + _counted(self.application_key)
            + _counted(self.application_secret)
            + bytes([len(keys)])
            + b"".join(bytes([key_id]) + _counted(key) for key_id, key in sorted(keys.items()))
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a configuration; keys of unknown kinds are skipped.

        Raises:
            ProtocolError: not Base64, another format version, truncated, trailing bytes, wrong
                sizes, two keys of one kind, or no P-256 key.

        Source: protocol.md 3.1, protocol-4.md 20.1; checked by mobile_sdk_config.
        """
        reader = _Reader(b64d(text))
        if reader.take(1) != bytes([_FORMAT_VERSION]):
            raise MalformedPayload("unknown configuration format")
        application_key = reader.take(reader.count())
        application_secret = reader.take(reader.count())
        entries = [reader.key() for _ in range(reader.count())]
        keys = dict(entries)
        if reader.rest or _P256_KEY_ID not in keys or len(keys) != len(entries):
            raise MalformedPayload("not one P-256 master key, or trailing bytes")
        return cls(
            application_key=application_key,
            application_secret=application_secret,
            master_public_key=keys[_P256_KEY_ID],
            further_master_keys={
                key_id: keys[key_id] for key_id in _FURTHER_SIZES.keys() & keys.keys()
            },
        )


class _Reader:
    """Cut counted pieces off the front of the bytes."""

    __slots__ = ("rest",)

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        if len(self.rest) < size:
            raise MalformedPayload("configuration ends early")
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def count(self) -> int:
        """Read a number of one, two or four bytes; its two highest bits tell how many."""
        first = self.take(1)
        if first[0] < 0x80:
            return first[0]
        if first[0] < 0xC0:
            return int.from_bytes(first + self.take(1), "big") & 0x3FFF
        return int.from_bytes(first + self.take(3), "big") & 0x3FFFFFFF

    def key(self) -> tuple[int, bytes]:
        kind = self.take(1)[0]
        return kind, self.take(self.count())


def _counted(data: bytes) -> bytes:
    # No member that this side writes needs the form of four bytes.
    size = len(data)
    return (bytes([size]) if size < 0x80 else (0x8000 | size).to_bytes(2, "big")) + data
