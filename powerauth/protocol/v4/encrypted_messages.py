"""Encrypted requests and responses of version 4.0 as they travel in JSON; nothing is decrypted."""

from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64, is_uuid
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.v4.members import Members
from powerauth.protocol.v4.primitives.aead import NONCE_SIZE as HALF
from powerauth.protocol.v4.primitives.aead import OVERHEAD

NONCE_SIZE = 2 * HALF  # bytes: one half for each direction

_TIMESTAMP_LIMIT = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedRequest:
    """The members of an encrypted request. Source: protocol-4.md 21.2."""

    temporary_key_id: str
    """As received, which may be in upper case."""
    encrypted_data: bytes
    nonce: bytes
    """24 bytes."""
    timestamp: int
    """Milliseconds since 1970."""

    def __post_init__(self) -> None:
        """Refuse members of a wrong size, and a nonce that is not the one of the message.

        Raises:
            MalformedEnvelope: one of these.
        """
        if not is_uuid(self.temporary_key_id):
            raise MalformedEnvelope("temporaryKeyId is not a UUID")
        if len(self.nonce) != NONCE_SIZE:
            raise MalformedEnvelope("nonce has a wrong size")
        _check(self.encrypted_data, self.timestamp)
        if self.encrypted_data[:HALF] != self.nonce[:HALF]:
            raise MalformedEnvelope("the message has another nonce")

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; unknown members are ignored, null means absent.

        Raises:
            ProtocolError: no object, or a member is absent, malformed or one of version 3.

        Source: protocol-4.md 21.2, 39.1.
        """
        members = Members(payload, MalformedEnvelope)
        members.refuse("ephemeralPublicKey", "mac")
        return cls(
            temporary_key_id=members.text("temporaryKeyId"),
            encrypted_data=members.binary("encryptedData"),
            nonce=members.binary("nonce"),
            timestamp=members.number("timestamp"),
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {
            "temporaryKeyId": self.temporary_key_id,
            "encryptedData": b64(self.encrypted_data),
            "nonce": b64(self.nonce),
            "timestamp": self.timestamp,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedResponse:
    """The members of an encrypted response. Source: protocol-4.md 21.2."""

    encrypted_data: bytes
    timestamp: int
    """Milliseconds since 1970."""

    def __post_init__(self) -> None:
        """Refuse members of a wrong size.

        Raises:
            MalformedEnvelope: one of these.
        """
        _check(self.encrypted_data, self.timestamp)

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; unknown members are ignored, null means absent.

        Raises:
            ProtocolError: no object, or a member is absent, malformed or one of version 3.

        Source: protocol-4.md 21.2, 39.1.
        """
        members = Members(payload, MalformedEnvelope)
        members.refuse("mac", "nonce")
        return cls(
            encrypted_data=members.binary("encryptedData"), timestamp=members.number("timestamp")
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {"encryptedData": b64(self.encrypted_data), "timestamp": self.timestamp}


def _check(encrypted_data: bytes, timestamp: int) -> None:
    if len(encrypted_data) < OVERHEAD:
        raise MalformedEnvelope("encryptedData has a wrong size")
    if not 0 <= timestamp < _TIMESTAMP_LIMIT:
        raise MalformedEnvelope("timestamp out of range")
