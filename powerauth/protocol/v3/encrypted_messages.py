"""Encrypted requests and responses as they travel in JSON. Nothing is decrypted here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64, b64d, is_uuid
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.keys import COMPRESSED_KEY_SIZE, PUBLIC_KEY_SIZE
from powerauth.protocol.primitives import BLOCK_SIZE
from powerauth.protocol.versions import VersionTraits, traits_of

MAC_SIZE = 32  # bytes
NONCE_SIZE = 16  # bytes
_TIMESTAMP_LIMIT = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedRequest:
    """The members of an encrypted request. Source: protocol.md 5.6."""

    ephemeral_public_key: bytes
    """33 or 65 bytes, exactly as received: they enter the key derivation in this form."""
    encrypted_data: bytes
    mac: bytes
    nonce: bytes | None = None
    timestamp: int | None = None
    """Milliseconds since 1970."""
    temporary_key_id: str | None = None
    """As received, which may be in upper case."""

    def __post_init__(self) -> None:
        """Refuse members of a wrong size."""
        if len(self.ephemeral_public_key) not in (COMPRESSED_KEY_SIZE, PUBLIC_KEY_SIZE):
            raise MalformedEnvelope("ephemeralPublicKey has a wrong size")
        if self.temporary_key_id is not None and not is_uuid(self.temporary_key_id):
            raise MalformedEnvelope("temporaryKeyId is not a UUID")
        _check_sizes(self)

    @classmethod
    def parse(cls, payload: object, version: str) -> Self:
        """Read a decoded JSON object; unknown members are ignored, null means absent.

        Raises:
            ProtocolError: no object, a member is absent or malformed or forbidden in this version,
                or the version is not supported.

        Source: protocol.md 5.6.
        """
        traits = traits_of(version)
        members = _members(payload)
        request = cls(
            ephemeral_public_key=_bytes(members, "ephemeralPublicKey"),
            encrypted_data=_bytes(members, "encryptedData"),
            mac=_bytes(members, "mac"),
            nonce=_optional_bytes(members, "nonce"),
            timestamp=_timestamp(members),
            temporary_key_id=_text(members, "temporaryKeyId"),
        )
        request.check_version(traits)
        return request

    def check_version(self, traits: VersionTraits) -> None:
        """Refuse a request that has not exactly the members of the version.

        Raises:
            MalformedEnvelope: a member is absent or forbidden.

        Source: protocol.md 5.6.
        """
        _require("nonce", self.nonce is not None, traits.request_nonce)
        _require("timestamp", self.timestamp is not None, traits.request_timestamp)
        _require("temporaryKeyId", self.temporary_key_id is not None, traits.temporary_key)

    def to_json(self) -> dict[str, object]:
        """Return the JSON members; absent ones are left out."""
        return _present(
            temporaryKeyId=self.temporary_key_id,
            ephemeralPublicKey=b64(self.ephemeral_public_key),
            encryptedData=b64(self.encrypted_data),
            mac=b64(self.mac),
            nonce=None if self.nonce is None else b64(self.nonce),
            timestamp=self.timestamp,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptedResponse:
    """The members of an encrypted response. Source: protocol.md 5.6."""

    encrypted_data: bytes
    mac: bytes
    nonce: bytes | None = None
    timestamp: int | None = None
    """Milliseconds since 1970."""

    def __post_init__(self) -> None:
        """Refuse members of a wrong size."""
        _check_sizes(self)

    @classmethod
    def parse(cls, payload: object, version: str) -> Self:
        """Read a decoded JSON object; unknown members are ignored, null means absent.

        Raises:
            ProtocolError: no object, a member is absent or malformed or forbidden in this version,
                or the version is not supported.

        Source: protocol.md 5.6.
        """
        traits = traits_of(version)
        members = _members(payload)
        response = cls(
            encrypted_data=_bytes(members, "encryptedData"),
            mac=_bytes(members, "mac"),
            nonce=_optional_bytes(members, "nonce"),
            timestamp=_timestamp(members),
        )
        response.check_version(traits)
        return response

    def check_version(self, traits: VersionTraits) -> None:
        """Refuse a response that has not exactly the members of the version.

        Raises:
            MalformedEnvelope: a member is absent or forbidden.

        Source: protocol.md 5.6.
        """
        _require("nonce", self.nonce is not None, traits.response_nonce)
        _require("timestamp", self.timestamp is not None, traits.response_nonce)

    def to_json(self) -> dict[str, object]:
        """Return the JSON members; absent ones are left out."""
        return _present(
            encryptedData=b64(self.encrypted_data),
            mac=b64(self.mac),
            nonce=None if self.nonce is None else b64(self.nonce),
            timestamp=self.timestamp,
        )


def _check_sizes(message: EncryptedRequest | EncryptedResponse) -> None:
    if not message.encrypted_data or len(message.encrypted_data) % BLOCK_SIZE:
        raise MalformedEnvelope("encryptedData has a wrong size")
    if len(message.mac) != MAC_SIZE:
        raise MalformedEnvelope("mac has a wrong size")
    if message.nonce is not None and len(message.nonce) != NONCE_SIZE:
        raise MalformedEnvelope("nonce has a wrong size")
    if message.timestamp is not None and not 0 <= message.timestamp < _TIMESTAMP_LIMIT:
        raise MalformedEnvelope("timestamp out of range")


def _members(payload: object) -> Mapping[object, object]:
    if not isinstance(payload, Mapping):
        raise MalformedEnvelope("JSON object expected")
    return payload


def _text(members: Mapping[object, object], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise MalformedEnvelope(f"{name} is not a text")
    return value


def _optional_bytes(members: Mapping[object, object], name: str) -> bytes | None:
    text = _text(members, name)
    return None if text is None else b64d(text)


def _bytes(members: Mapping[object, object], name: str) -> bytes:
    data = _optional_bytes(members, name)
    if data is None:
        raise MalformedEnvelope(f"{name} is absent")
    return data


def _timestamp(members: Mapping[object, object]) -> int | None:
    value = members.get("timestamp")
    # True is an int in Python, but no number in JSON.
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise MalformedEnvelope("timestamp is not a whole number")
    return value


def _require(name: str, present: bool, expected: bool) -> None:
    if present is not expected:
        raise MalformedEnvelope(f"{name} is {'forbidden' if present else 'absent'}")


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
