"""ML-KEM (FIPS 203): key encapsulation that a quantum computer does not break.

A private key is its seed of 64 bytes (d, then z), a public key SPKI in DER, a ciphertext raw.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import mlkem

from powerauth.protocol.errors import MalformedKey
from powerauth.protocol.v4.primitives.seeded import Seeded
from powerauth.protocol.v4.primitives.spki import Spki

SEED_SIZE = 64  # bytes

_Private = mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey
_PublicType = type[mlkem.MLKEM768PublicKey] | type[mlkem.MLKEM1024PublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class MlKem(Seeded[_Private]):
    """A parameter set. Source: protocol-4.md 17.5; checked by ml-kem-768, shared-secret-v4."""

    ciphertext_size: int
    public_type: _PublicType

    def encapsulate(self, public_key: bytes) -> tuple[bytes, bytes]:
        """Make a secret for the holder of the private key, by randomness of the library.

        Returns: the ciphertext, and the secret of 32 bytes.

        Raises:
            MalformedKey: no public key of this parameter set.
        """
        raw = self.spki.unwrap(public_key)
        try:
            secret, ciphertext = self.public_type.from_public_bytes(raw).encapsulate()
        except ValueError:
            raise MalformedKey("not an ML-KEM key") from None
        return ciphertext, secret

    def decapsulate(self, seed: bytes, ciphertext: bytes) -> bytes:
        """Give the secret of a ciphertext, 32 bytes.

        A ciphertext of another key gives another secret and no error, as the standard says.

        Raises:
            MalformedKey: the seed has not 64 bytes, or the ciphertext has another size.
        """
        private_key = self.grown(seed)
        if len(ciphertext) != self.ciphertext_size:
            raise MalformedKey("a ciphertext of another size")
        return private_key.decapsulate(ciphertext)


ML_KEM_768 = MlKem(
    name="ML-KEM-768",
    spki=Spki(oid_tail=b"\x04\x02", raw_size=1184),
    ciphertext_size=1088,
    seed_size=SEED_SIZE,
    private_type=mlkem.MLKEM768PrivateKey,
    public_type=mlkem.MLKEM768PublicKey,
)
ML_KEM_1024 = MlKem(
    name="ML-KEM-1024",
    spki=Spki(oid_tail=b"\x04\x03", raw_size=1568),
    ciphertext_size=1568,
    seed_size=SEED_SIZE,
    private_type=mlkem.MLKEM1024PrivateKey,
    public_type=mlkem.MLKEM1024PublicKey,
)
