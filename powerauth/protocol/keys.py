"""Keys of version 3 on the curve P-256, and the keys that an activation derives.

A private key has 32 bytes on output and any length on input, a public key 65 bytes on output and 33
or 65 bytes on input; see `Curve`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from powerauth.protocol.curves import P256, KeyPair
from powerauth.protocol.encoding import fold
from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.primitives import KEY_SIZE, decimal_truncation, kdf, sha256

__all__ = [
    "COMPRESSED_KEY_SIZE",
    "PUBLIC_KEY_SIZE",
    "SCALAR_SIZE",
    "ActivationKeys",
    "FactorKeys",
    "KeyPair",
    "activation_fingerprint",
    "der_to_jose",
    "derive_activation_keys",
    "ecdh",
    "ephemeral_ecdh",
    "generate_key_pair",
    "jose_to_der",
    "key_pair_of",
    "master_secret",
    "normalize_public_key",
    "sign",
    "verify",
]

SCALAR_SIZE = P256.scalar_size
PUBLIC_KEY_SIZE = P256.public_key_size
COMPRESSED_KEY_SIZE = P256.compressed_key_size

generate_key_pair = P256.generate_key_pair
key_pair_of = P256.key_pair_of
normalize_public_key = P256.normalize_public_key
ecdh = P256.ecdh
ephemeral_ecdh = P256.ephemeral_ecdh
sign = P256.sign
verify = P256.verify
der_to_jose = P256.der_to_jose
jose_to_der = P256.jose_to_der

_FINGERPRINT_DIGITS = 8
_KEY_INDEXES = {"possession": 1, "knowledge": 2, "biometry": 3, "transport": 1000, "vault": 2000}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorKeys:
    """The signature keys of an activation, 16 bytes each. Source: protocol.md 2.1."""

    possession: bytes = field(repr=False)
    knowledge: bytes = field(repr=False)
    biometry: bytes = field(repr=False)

    def select(self, factors: Iterable[str]) -> list[bytes]:
        """Return the keys of the named factors, in the given order."""
        by_name = {
            "possession": self.possession,
            "knowledge": self.knowledge,
            "biometry": self.biometry,
        }
        return [by_name[factor] for factor in factors]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationKeys(FactorKeys):
    """All keys that derive from the master secret, 16 bytes each. Source: protocol.md 2.1."""

    transport: bytes = field(repr=False)
    vault: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """Join the keys to 80 bytes: possession, knowledge, biometry, transport, vault."""
        return self.possession + self.knowledge + self.biometry + self.transport + self.vault

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Split what `to_bytes` joined.

        Raises:
            MalformedEncoding: not 80 bytes.
        """
        if len(data) != KEY_SIZE * len(_KEY_INDEXES):
            raise MalformedEncoding("80 bytes expected")
        parts = (data[start : start + KEY_SIZE] for start in range(0, len(data), KEY_SIZE))
        return cls(**dict(zip(_KEY_INDEXES, parts, strict=True)))


def master_secret(private_key: bytes, public_key: bytes) -> bytes:
    """Compute KEY_MASTER_SECRET, 16 bytes, from one side's private and the other's public key.

    Raises:
        MalformedKey: one of the keys is no valid key.

    Source: protocol.md 2.1; checked by compute-master-secret-key.
    """
    return fold(ecdh(private_key, public_key))


def derive_activation_keys(master_secret: bytes) -> ActivationKeys:
    """Derive the keys of an activation from its master secret of 16 bytes.

    Source: protocol.md 2.1; checked by compute-derived-keys.
    """
    return ActivationKeys(**{name: kdf(master_secret, i) for name, i in _KEY_INDEXES.items()})


def activation_fingerprint(
    device_public_key: bytes, activation_id: str, server_public_key: bytes
) -> str:
    """Compute the 8 digits that a user compares on both sides.

    Raises:
        MalformedKey: one of the keys is no valid key.

    Source: protocol.md 3.3; checked by public-key-fingerprint-v3 and fingerprint_short_x.
    """
    device_x, server_x = P256.short_x(device_public_key), P256.short_x(server_public_key)
    digest = sha256(device_x + activation_id.encode() + server_x)
    return decimal_truncation(digest, _FINGERPRINT_DIGITS)
