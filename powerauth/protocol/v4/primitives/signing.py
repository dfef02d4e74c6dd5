"""The algorithms of long-term keys, which only sign: one table for registries and messages."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from powerauth.protocol.curves import P256, P384, Curve, KeyPair
from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.primitives import RandomBytes
from powerauth.protocol.v4.primitives.ml_dsa import ML_DSA_65, ML_DSA_87, MlDsa


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAlgorithm:
    """An algorithm with its names. Source: protocol-4.md 17.5, 20.1, 20.2, 32."""

    name: str
    """In registries of keys."""
    label: str
    """In a JWS, and in the map of signatures of an activation code."""
    configuration_id: int
    """In the configuration string of an app."""
    scheme: Curve | MlDsa

    def is_available(self) -> bool:
        """Tell whether the cryptographic library can do this."""
        return isinstance(self.scheme, Curve) or self.scheme.is_available()

    def generate_key_pair(self, random: RandomBytes = secrets.token_bytes) -> KeyPair:
        """Generate a key pair."""
        return self.scheme.generate_key_pair(random)

    def normalize_public_key(self, data: bytes) -> bytes:
        """Check a public key and return its one stored form.

        Raises:
            MalformedKey: no public key of this algorithm.
        """
        return self.scheme.normalize_public_key(data)

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        """Sign data: DER on curves, raw for ML-DSA.

        Raises:
            MalformedKey: no private key of this algorithm.
        """
        return self.scheme.sign(private_key, data)

    def verify(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature belongs to the data; garbage does not.

        Raises:
            MalformedKey: no public key of this algorithm.
        """
        return self.scheme.verify(public_key, data, signature)

    def sign_jws(self, private_key: bytes, data: bytes) -> bytes:
        """Sign data in the form of a JWS: ``R || S`` on curves, raw for ML-DSA.

        Raises:
            MalformedKey: no private key of this algorithm.
        """
        signature = self.scheme.sign(private_key, data)
        return self.scheme.der_to_jose(signature) if isinstance(self.scheme, Curve) else signature

    def verify_jws(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature in the form of a JWS belongs to the data; garbage does not.

        Raises:
            MalformedKey: no public key of this algorithm.
        """
        if isinstance(self.scheme, Curve):
            try:
                signature = self.scheme.jose_to_der(signature)
            except MalformedEncoding:
                return False
        return self.scheme.verify(public_key, data, signature)


ECDSA_P256 = SigningAlgorithm(name="ECDSA_P256", label="ES256", configuration_id=1, scheme=P256)
ECDSA_P384 = SigningAlgorithm(name="ECDSA_P384", label="ES384", configuration_id=2, scheme=P384)
MLDSA_65 = SigningAlgorithm(
    name="MLDSA_65", label="ML-DSA-65", configuration_id=3, scheme=ML_DSA_65
)
MLDSA_87 = SigningAlgorithm(
    name="MLDSA_87", label="ML-DSA-87", configuration_id=4, scheme=ML_DSA_87
)

SIGNING_ALGORITHMS: Final[Mapping[str, SigningAlgorithm]] = MappingProxyType(
    {algorithm.name: algorithm for algorithm in (ECDSA_P256, ECDSA_P384, MLDSA_65, MLDSA_87)}
)
