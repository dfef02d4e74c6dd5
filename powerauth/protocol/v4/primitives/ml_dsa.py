"""ML-DSA (FIPS 204): signatures that a quantum computer does not forge.

The pure variant with an empty context. A private key is its seed of 32 bytes, a public key SPKI in
DER, a signature raw. Signing is hedged by randomness of the library; no two signatures are equal.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa

from powerauth.protocol.curves import KeyPair
from powerauth.protocol.errors import MalformedKey
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.primitives.spki import Spki

SEED_SIZE = 32  # bytes

_PrivateType = type[mldsa.MLDSA65PrivateKey] | type[mldsa.MLDSA87PrivateKey]
_PublicType = type[mldsa.MLDSA65PublicKey] | type[mldsa.MLDSA87PublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class MlDsa:
    """A parameter set. Source: protocol-4.md 17.5; checked by activation-code-v4."""

    name: str
    spki: Spki
    signature_size: int
    private_type: _PrivateType
    public_type: _PublicType

    def is_available(self) -> bool:
        """Tell whether the cryptographic library can do this."""
        try:
            self.private_type.from_seed_bytes(bytes(SEED_SIZE))
        except UnsupportedAlgorithm:
            return False
        return True

    def generate_key_pair(self, random: RandomBytes = secrets.token_bytes) -> KeyPair:
        """Generate a key pair from a random seed."""
        return self.key_pair_of(random(SEED_SIZE))

    def key_pair_of(self, private_key: bytes) -> KeyPair:
        """Complete a seed with its public key.

        Raises:
            MalformedKey: not 32 bytes.
        """
        raw = self._load_private(private_key).public_key().public_bytes_raw()
        return KeyPair(private_key=private_key, public_key=self.spki.wrap(raw))

    def normalize_public_key(self, data: bytes) -> bytes:
        """Check a public key, which has one form only.

        Raises:
            MalformedKey: no public key of this parameter set.
        """
        self.spki.unwrap(data)
        return data

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        """Sign data.

        Raises:
            MalformedKey: not 32 bytes.
        """
        return self._load_private(private_key).sign(data)

    def verify(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature belongs to the data; garbage does not.

        Raises:
            MalformedKey: no public key of this parameter set.
        """
        raw = self.spki.unwrap(public_key)
        try:
            self.public_type.from_public_bytes(raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def _load_private(self, seed: bytes) -> mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey:
        if len(seed) != SEED_SIZE:
            raise MalformedKey("a seed has 32 bytes")
        return self.private_type.from_seed_bytes(seed)


ML_DSA_65 = MlDsa(
    name="ML-DSA-65",
    spki=Spki(oid_tail=b"\x03\x12", raw_size=1952),
    signature_size=3309,
    private_type=mldsa.MLDSA65PrivateKey,
    public_type=mldsa.MLDSA65PublicKey,
)
ML_DSA_87 = MlDsa(
    name="ML-DSA-87",
    spki=Spki(oid_tail=b"\x03\x13", raw_size=2592),
    signature_size=4627,
    private_type=mldsa.MLDSA87PrivateKey,
    public_type=mldsa.MLDSA87PublicKey,
)
