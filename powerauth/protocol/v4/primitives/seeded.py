"""What ML-KEM and ML-DSA have in common: a private key is the seed that it grows from.

A seed is what is stored; a public key is SPKI in DER. Source: protocol-4.md 17.5.
"""

import secrets
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm

from powerauth.protocol.curves import KeyPair
from powerauth.protocol.errors import MalformedKey
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.primitives.spki import Spki


class _Public(Protocol):
    def public_bytes_raw(self) -> bytes: ...


class _Private(Protocol):
    def public_key(self) -> _Public: ...


K = TypeVar("K", bound=_Private)
K_co = TypeVar("K_co", bound=_Private, covariant=True)


class _PrivateType(Protocol[K_co]):
    def from_seed_bytes(self, data: bytes, /) -> K_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded(Generic[K]):
    """A parameter set.

    Args:
        seed_size: bytes.
        private_type: the library's own, which makes the private key of a seed.
    """

    name: str
    spki: Spki
    seed_size: int
    private_type: _PrivateType[K]

    def is_available(self) -> bool:
        """Tell whether the cryptographic library can do this."""
        try:
            self.private_type.from_seed_bytes(bytes(self.seed_size))
        except UnsupportedAlgorithm:
            return False
        return True

    def generate_key_pair(self, random: RandomBytes = secrets.token_bytes) -> KeyPair:
        """Generate a key pair from a random seed."""
        return self.key_pair_of(random(self.seed_size))

    def key_pair_of(self, private_key: bytes) -> KeyPair:
        """Complete a seed with its public key.

        Raises:
            MalformedKey: a seed of another size.
        """
        raw = self.grown(private_key).public_key().public_bytes_raw()
        return KeyPair(private_key=private_key, public_key=self.spki.wrap(raw))

    def grown(self, seed: bytes) -> K:
        """Give the private key of a seed; raises as `key_pair_of`."""
        if len(seed) != self.seed_size:
            raise MalformedKey(f"a seed has {self.seed_size} bytes")
        return self.private_type.from_seed_bytes(seed)
