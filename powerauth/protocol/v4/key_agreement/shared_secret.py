"""The one key agreement of version 4.0: the phone offers keys, the server encapsulates a secret.

Activation, temporary keys and replaced factor keys all use it.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.curves import P384, KeyPair
from powerauth.protocol.encoding import b64, cat
from powerauth.protocol.errors import MalformedKeyExchange
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.members import Members
from powerauth.protocol.v4.primitives import dhkem
from powerauth.protocol.v4.primitives.kmac import Customization, kmac
from powerauth.protocol.v4.suites import Suite, suite_of

SALT_SIZE = 32  # bytes

_VERSION = b"4.0"
_FIRST_BLOCK = bytes((0, 0, 0, 1))
_MOST_KEYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSecretRequest:
    """The keys that a phone offers. Source: protocol-4.md 18.1."""

    algorithm: str
    """Name of the suite, as sent."""
    encapsulation_keys: tuple[bytes, ...]
    """P-384 point, then SPKI of ML-KEM in hybrid suites."""

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; the keys themselves are checked by `encapsulate`.

        Raises:
            ProtocolError: no object, or a member is absent or malformed.

        Source: protocol-4.md 18.1.
        """
        members = Members(payload, MalformedKeyExchange)
        return cls(
            algorithm=members.text("algorithm"),
            encapsulation_keys=members.keys("encapsulationKeys", most=_MOST_KEYS),
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {
            "algorithm": self.algorithm,
            "encapsulationKeys": [b64(key) for key in self.encapsulation_keys],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSecretResponse:
    """What a server encapsulated. Source: protocol-4.md 18.1."""

    salt: bytes
    """32 bytes."""
    encapsulated_keys: tuple[bytes, ...]
    """Ephemeral P-384 point, then the ciphertext of ML-KEM in hybrid suites."""

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read a decoded JSON object; the keys themselves are checked by `Offer.accept`.

        Raises:
            ProtocolError: no object, a member is absent or malformed, or a salt of another size.

        Source: protocol-4.md 18.1.
        """
        members = Members(payload, MalformedKeyExchange)
        return cls(
            salt=members.binary("salt", size=SALT_SIZE),
            encapsulated_keys=members.keys("encapsulatedKeys", most=_MOST_KEYS),
        )

    def to_json(self) -> dict[str, object]:
        """Return the JSON members."""
        return {
            "salt": b64(self.salt),
            "encapsulatedKeys": [b64(key) for key in self.encapsulated_keys],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The phone's side of one agreement, with the private keys that it forgets afterwards."""

    suite: Suite
    ec: KeyPair
    ml_kem: KeyPair | None

    @classmethod
    def generate(cls, suite: Suite, random: RandomBytes = secrets.token_bytes) -> Self:
        """Generate the keys that a suite needs. Source: protocol-4.md 18.1."""
        return cls(
            suite=suite,
            ec=P384.generate_key_pair(random),
            ml_kem=None if suite.ml_kem is None else suite.ml_kem.generate_key_pair(random),
        )

    @property
    def request(self) -> SharedSecretRequest:
        """What the server gets."""
        pairs = (self.ec,) if self.ml_kem is None else (self.ec, self.ml_kem)
        keys = tuple(pair.public_key for pair in pairs)
        return SharedSecretRequest(algorithm=self.suite.name, encapsulation_keys=keys)

    def accept(self, response: SharedSecretResponse) -> bytes:
        """Compute the secret of an answer, 32 bytes.

        Raises:
            ProtocolError: other parts than the suite has, or a malformed one.

        Source: protocol-4.md 18.2, 18.3; checked by shared-secret-v4.
        """
        encapsulated = response.encapsulated_keys
        _check_count(encapsulated, self.suite)
        parts = [dhkem.decapsulate(self.ec.private_key, encapsulated[0])]
        if self.suite.ml_kem is not None and self.ml_kem is not None:
            parts.append(self.suite.ml_kem.decapsulate(self.ml_kem.private_key, encapsulated[1]))
        return combine(parts, salt=response.salt, suite=self.suite)


def encapsulate(
    request: SharedSecretRequest,
    allowed: Collection[Suite] | None = None,
    random: RandomBytes = secrets.token_bytes,
) -> tuple[SharedSecretResponse, bytes]:
    """Make a secret for the phone that offers keys.

    Args:
        request: the offered keys.
        allowed: suites that may be chosen, for an activation its own alone; see `suite_of`.
        random: source of the ephemeral key and the salt; ML-KEM has a source of its own.

    Returns: what the phone gets, and the secret of 32 bytes.

    Raises:
        ProtocolError: another suite, other parts than it has, or a malformed key.

    Source: protocol-4.md 18.2, 18.3; checked by shared-secret-v4 requests.
    """
    suite = suite_of(request.algorithm, allowed)
    keys = request.encapsulation_keys
    _check_count(keys, suite)
    pairs = [dhkem.encapsulate(keys[0], random)]
    if suite.ml_kem is not None:
        pairs.append(suite.ml_kem.encapsulate(keys[1]))
    salt = random(SALT_SIZE)
    response = SharedSecretResponse(
        salt=salt, encapsulated_keys=tuple(encapsulated for encapsulated, _ in pairs)
    )
    return response, combine([part for _, part in pairs], salt=salt, suite=suite)


def combine(parts: list[bytes], *, salt: bytes, suite: Suite) -> bytes:
    """Combine the secrets of the parts to one of 32 bytes; the salt is the key of the MAC.

    Source: protocol-4.md 18.3; checked by shared-secret-v4 partialSecrets.
    """
    label = cat(f"shared-secret/{suite.name}".encode(), _VERSION)
    return kmac(salt, _FIRST_BLOCK + cat(*parts) + label, Customization.SHARED_SECRET)


def _check_count(keys: tuple[bytes, ...], suite: Suite) -> None:
    if len(keys) != (1 if suite.ml_kem is None else 2):
        raise MalformedKeyExchange("another number of keys than the suite has")
