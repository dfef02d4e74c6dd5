"""Elliptic curve keys, ECDH and ECDSA on the two curves of the protocol.

A private key is the scalar as unsigned big-endian bytes: as long as the order on output, of any
length on input. A public key is an encoded point: uncompressed on output, of either form on input.
"""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from powerauth.protocol.errors import MalformedEncoding, MalformedKey
from powerauth.protocol.primitives import RandomBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair; the forms of its halves are those of its algorithm."""

    private_key: bytes = field(repr=False)
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve with the hash function of its signatures."""

    curve: ec.EllipticCurve
    order: int
    scalar_size: int
    """Bytes of a private key, of a coordinate and of an agreed secret."""
    ecdsa: ec.ECDSA

    @property
    def public_key_size(self) -> int:
        """Bytes of an uncompressed point."""
        return 1 + 2 * self.scalar_size

    @property
    def compressed_key_size(self) -> int:
        """Bytes of a compressed point."""
        return 1 + self.scalar_size

    def generate_key_pair(self, random: RandomBytes = secrets.token_bytes) -> KeyPair:
        """Generate a key pair. Source: protocol.md 2.1, protocol-4.md 19.1."""
        return self._pair(self._generate(random))

    def key_pair_of(self, private_key: bytes) -> KeyPair:
        """Complete a private key with its public key.

        Raises:
            MalformedKey: the scalar is zero, or not below the order of the curve.
        """
        return self._pair(self._load_private(private_key))

    def normalize_public_key(self, data: bytes) -> bytes:
        """Check a public key and return its uncompressed form.

        Raises:
            MalformedKey: wrong length, other first byte, point not on the curve or at infinity.

        Source: protocol.md 1.3, protocol-4.md 17.4; checked by public_key_valid and
        public_key_invalid.
        """
        return _encode_public(self._load_public(data))

    def ecdh(self, private_key: bytes, public_key: bytes) -> bytes:
        """Agree on a secret of the size of a coordinate; leading zero bytes stay.

        Raises:
            MalformedKey: one of the keys is no valid key.

        Source: protocol.md 1.3, protocol-4.md 17.4; checked by ecdh_leading_zero.
        """
        return self._load_private(private_key).exchange(ec.ECDH(), self._load_public(public_key))

    def ephemeral_ecdh(self, public_key: bytes, random: RandomBytes) -> tuple[bytes, bytes]:
        """Agree on a secret with a fresh key that is forgotten at once.

        Returns: the public half of the fresh key, and the secret.

        Raises:
            MalformedKey: the other side's key is no valid key.

        Source: protocol.md 5.3, protocol-4.md 18.2.
        """
        ephemeral = self._generate(random)
        secret = ephemeral.exchange(ec.ECDH(), self._load_public(public_key))
        return _encode_public(ephemeral.public_key()), secret

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        """Sign data by ECDSA with a deterministic nonce (RFC 6979).

        Returns: the signature in DER.

        Raises:
            MalformedKey: no valid private key.

        Source: protocol.md 1.3, protocol-4.md 17.4.
        """
        return self._load_private(private_key).sign(data, self.ecdsa)

    def verify(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Tell whether a DER signature belongs to the data; garbage does not.

        Raises:
            MalformedKey: no valid public key.

        Source: protocol.md 1.3, protocol-4.md 17.4; checked by ecdsa_verify.
        """
        try:
            self._load_public(public_key).verify(signature, data, self.ecdsa)
        except InvalidSignature:
            return False
        return True

    def der_to_jose(self, sig: bytes) -> bytes:
        """Convert an ECDSA signature from DER to ``R || S``, each of the size of a coordinate.

        Raises:
            MalformedEncoding: no DER signature of this curve.

        Source: protocol.md 1.3, protocol-4.md 17.4.
        """
        try:
            r, s = decode_dss_signature(sig)
            return r.to_bytes(self.scalar_size, "big") + s.to_bytes(self.scalar_size, "big")
        except (ValueError, OverflowError):
            raise MalformedEncoding("not a DER signature") from None

    def jose_to_der(self, sig: bytes) -> bytes:
        """Convert an ECDSA signature from ``R || S`` to DER.

        Raises:
            MalformedEncoding: not twice the size of a coordinate.

        Source: protocol.md 1.3, protocol-4.md 17.4.
        """
        if len(sig) != 2 * self.scalar_size:
            raise MalformedEncoding("a JOSE signature of another size")
        r, s = sig[: self.scalar_size], sig[self.scalar_size :]
        return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))

    def short_x(self, public_key: bytes) -> bytes:
        """Give the X coordinate without leading zero bytes, as fingerprints hash it.

        Raises:
            MalformedKey: no valid public key.

        Source: protocol.md 3.3, protocol-4.md 20.3.
        """
        return self.normalize_public_key(public_key)[1 : 1 + self.scalar_size].lstrip(b"\0")

    def _generate(self, random: RandomBytes) -> ec.EllipticCurvePrivateKey:
        if random is secrets.token_bytes:
            # The library's own way takes half as long.
            return ec.generate_private_key(self.curve)
        # Eight bytes more than the order has keep the bias of the remainder below 2^-64.
        number = int.from_bytes(random(self.scalar_size + 8), "big")
        return ec.derive_private_key(number % (self.order - 1) + 1, self.curve)

    def _load_private(self, data: bytes) -> ec.EllipticCurvePrivateKey:
        scalar = int.from_bytes(data, "big")
        if not 0 < scalar < self.order:
            raise MalformedKey("private key out of range")
        return ec.derive_private_key(scalar, self.curve)

    def _load_public(self, data: bytes) -> ec.EllipticCurvePublicKey:
        compressed = len(data) == 1 + self.scalar_size and data[0] in (2, 3)
        uncompressed = len(data) == 1 + 2 * self.scalar_size and data[0] == 4
        if not compressed and not uncompressed:
            raise MalformedKey("not an encoded point")
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(self.curve, data)
        except ValueError:
            raise MalformedKey("point not on the curve") from None

    def _pair(self, private_key: ec.EllipticCurvePrivateKey) -> KeyPair:
        scalar = private_key.private_numbers().private_value
        return KeyPair(
            private_key=scalar.to_bytes(self.scalar_size, "big"),
            public_key=_encode_public(private_key.public_key()),
        )


def _encode_public(public_key: ec.EllipticCurvePublicKey) -> bytes:
    return public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


P256 = Curve(
    curve=ec.SECP256R1(),
    order=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    scalar_size=32,
    ecdsa=ec.ECDSA(hashes.SHA256(), deterministic_signing=True),
)
P384 = Curve(
    curve=ec.SECP384R1(),
    order=int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
        "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        16,
    ),
    scalar_size=48,
    ecdsa=ec.ECDSA(hashes.SHA384(), deterministic_signing=True),
)
