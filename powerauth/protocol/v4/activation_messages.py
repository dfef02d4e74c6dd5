"""The messages of a key exchange as they travel in JSON, in an activation and in an upgrade."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.curves import KeyPair
from powerauth.protocol.encoding import b64, is_uuid
from powerauth.protocol.errors import MalformedKeyExchange
from powerauth.protocol.v4.authentication_code import COUNTER_SIZE
from powerauth.protocol.v4.key_agreement.shared_secret import (
    SharedSecretRequest,
    SharedSecretResponse,
)
from powerauth.protocol.v4.members import Members
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm
from powerauth.protocol.v4.suites import Suite

_NAMES = ("ecdsa", "mldsa")  # of keys, in the order of a suite


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys:
    """The long-term public keys of one side. Source: protocol-4.md 23.1."""

    ecdsa: bytes
    """P-384 point."""
    mldsa: bytes | None = None
    """SPKI; exactly in hybrid suites."""

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; `checked` looks at the keys themselves.

        Raises:
            ProtocolError: no object, or a member is absent or malformed.
        """
        members = Members(payload, MalformedKeyExchange)
        has_mldsa = members["mldsa"] is not None
        return cls(ecdsa=members.key("ecdsa"), mldsa=members.key("mldsa") if has_mldsa else None)

    @classmethod
    def of(cls, pairs: Collection[KeyPair]) -> Self:
        """Take the public keys of pairs in the order of a suite."""
        keys = (pair.public_key for pair in pairs)
        return cls(**dict(zip(_NAMES, keys, strict=False)))

    def checked(self, suite: Suite) -> Self:
        """Give the keys in their stored form, if they are those of a suite.

        Raises:
            MalformedKey: a key is none of its algorithm and parameter set.
            MalformedKeyExchange: one key too many, or one missing.

        Source: protocol-4.md 23.2, 39.1.
        """
        keys = [key for key in (self.ecdsa, self.mldsa) if key is not None]
        if len(keys) != len(suite.signing):
            raise MalformedKeyExchange("other keys than the suite has")
        pairs = zip(_NAMES, suite.signing, keys, strict=False)
        return type(self)(**{name: alg.normalize_public_key(key) for name, alg, key in pairs})

    def by_algorithm(self, suite: Suite) -> list[tuple[SigningAlgorithm, bytes]]:
        """Give each key with its algorithm, as signatures are verified."""
        keys = [key for key in (self.ecdsa, self.mldsa) if key is not None]
        return list(zip(suite.signing, keys, strict=True))

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {"ecdsa": b64(self.ecdsa), "mldsa": None if self.mldsa is None else b64(self.mldsa)}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchangeRequest:
    """What a phone offers. Source: protocol-4.md 23.1, 30.1."""

    shared_secret: SharedSecretRequest
    device_keys: PublicKeys

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; other members of it are not of cryptography.

        Raises:
            ProtocolError: no object, or a member is absent or malformed.
        """
        members = Members(payload, MalformedKeyExchange)
        return cls(
            shared_secret=SharedSecretRequest.parse(members["sharedSecretRequest"]),
            device_keys=PublicKeys.parse(members["devicePublicKeys"]),
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {
            "sharedSecretRequest": self.shared_secret.to_json(),
            "devicePublicKeys": self.device_keys.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchangeResponse:
    """What a server answers. Source: protocol-4.md 23.2, 30.1."""

    shared_secret: SharedSecretResponse
    server_keys: PublicKeys
    ctr_data: bytes = field(repr=False)
    """32 bytes."""
    activation_id: str | None
    """None in the answer of an upgrade."""

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object.

        Raises:
            ProtocolError: no object, or a member is absent or malformed.
        """
        members = Members(payload, MalformedKeyExchange)
        has_id = members["activationId"] is not None
        activation_id = members.text("activationId") if has_id else None
        if activation_id is not None and not is_uuid(activation_id):
            raise MalformedKeyExchange("activationId is not a UUID")
        return cls(
            shared_secret=SharedSecretResponse.parse(members["sharedSecretResponse"]),
            server_keys=PublicKeys.parse(members["serverPublicKeys"]),
            ctr_data=members.binary("ctrData", size=COUNTER_SIZE),
            activation_id=activation_id,
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        named = {} if self.activation_id is None else {"activationId": self.activation_id}
        return {
            "sharedSecretResponse": self.shared_secret.to_json(),
            "serverPublicKeys": self.server_keys.to_json(),
            **named,
            "ctrData": b64(self.ctr_data),
        }


def enables_biometry(payload: object) -> bool:
    """Read whether a confirmation or an upgrade turns biometry on.

    Raises:
        MalformedKeyExchange: no object, or ``enableBiometry`` is no truth value.

    Source: protocol-4.md 23.3, 30.1.
    """
    value = Members(payload, MalformedKeyExchange)["enableBiometry"]
    if not isinstance(value, bool):
        raise MalformedKeyExchange("enableBiometry is not a truth value")
    return value
