"""ML-DSA (FIPS 204): signatures that a quantum computer does not forge.

The pure variant with an empty context. A private key is its seed of 32 bytes, a public key SPKI in
DER, a signature raw. Signing is hedged by randomness of the library; no two signatures are equal.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa

from powerauth.protocol.v4.primitives.seeded import Seeded
from powerauth.protocol.v4.primitives.spki import Spki

SEED_SIZE = 32  # bytes

_Private = mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
_PublicType = type[mldsa.MLDSA65PublicKey] | type[mldsa.MLDSA87PublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class MlDsa(Seeded[_Private]):
    """A parameter set. Source: protocol-4.md 17.5; checked by activation-code-v4."""

    signature_size: int
    public_type: _PublicType

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
        return self.grown(private_key).sign(data)

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


ML_DSA_65 = MlDsa(
    name="ML-DSA-65",
    spki=Spki(oid_tail=b"\x03\x12", raw_size=1952),
    signature_size=3309,
    seed_size=SEED_SIZE,
    private_type=mldsa.MLDSA65PrivateKey,
    public_type=mldsa.MLDSA65PublicKey,
)
ML_DSA_87 = MlDsa(
    name="ML-DSA-87",
    spki=Spki(oid_tail=b"\x03\x13", raw_size=2592),
    signature_size=4627,
    seed_size=SEED_SIZE,
    private_type=mldsa.MLDSA87PrivateKey,
    public_type=mldsa.MLDSA87PublicKey,
)
