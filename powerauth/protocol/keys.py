"""Elliptic curve keys, ECDH, ECDSA, and the keys that an activation derives.

A private key is the scalar as unsigned big-endian bytes: 32 bytes on output, any length on input.
A public key is an encoded point: 65 bytes (uncompressed) on output, 33 or 65 bytes on input.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from powerauth.protocol.encoding import fold
from powerauth.protocol.errors import MalformedEncoding, MalformedKey
from powerauth.protocol.primitives import KEY_SIZE, RandomBytes, decimal_truncation, kdf, sha256

SCALAR_SIZE = 32  # bytes
PUBLIC_KEY_SIZE = 65  # bytes
COMPRESSED_KEY_SIZE = 33  # bytes

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_FINGERPRINT_DIGITS = 8
_KEY_INDEXES = {"possession": 1, "knowledge": 2, "biometry": 3, "transport": 1000, "vault": 2000}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A P-256 key pair: private key of 32 bytes, public key of 65 bytes."""

    private_key: bytes = field(repr=False)
    public_key: bytes


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


def generate_key_pair(random: RandomBytes = secrets.token_bytes) -> KeyPair:
    """Generate a key pair. Source: protocol.md 2.1."""
    return _pair(_generate(random))


def key_pair_of(private_key: bytes) -> KeyPair:
    """Complete a private key with its public key.

    Raises:
        MalformedKey: the scalar is zero, or not below the order of the curve.
    """
    return _pair(_load_private(private_key))


def normalize_public_key(data: bytes) -> bytes:
    """Check a public key and return its uncompressed form, 65 bytes.

    Raises:
        MalformedKey: wrong length, other first byte, point not on the curve or at infinity.

    Source: protocol.md 1.3; checked by public_key_valid and public_key_invalid.
    """
    return _encode_public(_load_public(data))


def ecdh(private_key: bytes, public_key: bytes) -> bytes:
    """Agree on a secret of 32 bytes; leading zero bytes stay.

    Raises:
        MalformedKey: one of the keys is no valid key.

    Source: protocol.md 1.3; checked by ecdh_leading_zero.
    """
    return _load_private(private_key).exchange(ec.ECDH(), _load_public(public_key))


def ephemeral_ecdh(public_key: bytes, random: RandomBytes) -> tuple[bytes, bytes]:
    """Agree on a secret with a fresh key that is forgotten at once.

    Returns: the public half of the fresh key, 65 bytes, and the secret, 32 bytes.

    Raises:
        MalformedKey: the other side's key is no valid key.

    Source: protocol.md 5.3.
    """
    ephemeral = _generate(random)
    return _pair(ephemeral).public_key, ephemeral.exchange(ec.ECDH(), _load_public(public_key))


def sign(private_key: bytes, data: bytes) -> bytes:
    """Sign data by ECDSA with SHA-256 and a deterministic nonce (RFC 6979).

    Returns: the signature in DER.

    Raises:
        MalformedKey: no valid private key.

    Source: protocol.md 1.3.
    """
    return _load_private(private_key).sign(data, _ECDSA)


def verify(public_key: bytes, data: bytes, signature: bytes) -> bool:
    """Tell whether a DER signature belongs to the data; garbage does not.

    Raises:
        MalformedKey: no valid public key.

    Source: protocol.md 1.3; checked by ecdsa_verify.
    """
    try:
        _load_public(public_key).verify(signature, data, _ECDSA)
    except InvalidSignature:
        return False
    return True


def der_to_jose(sig: bytes) -> bytes:
    """Convert an ECDSA signature from DER to ``R32 || S32``, 64 bytes.

    Raises:
        MalformedEncoding: no DER signature of this curve.

    Source: protocol.md 1.3.
    """
    try:
        r, s = decode_dss_signature(sig)
        return r.to_bytes(SCALAR_SIZE, "big") + s.to_bytes(SCALAR_SIZE, "big")
    except (ValueError, OverflowError):
        raise MalformedEncoding("not a DER signature") from None


def jose_to_der(sig: bytes) -> bytes:
    """Convert an ECDSA signature from ``R32 || S32`` to DER.

    Raises:
        MalformedEncoding: not 64 bytes.

    Source: protocol.md 1.3.
    """
    if len(sig) != 2 * SCALAR_SIZE:
        raise MalformedEncoding("a JOSE signature has 64 bytes")
    r, s = sig[:SCALAR_SIZE], sig[SCALAR_SIZE:]
    return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


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
    device_x, server_x = _short_x(device_public_key), _short_x(server_public_key)
    digest = sha256(device_x + activation_id.encode() + server_x)
    return decimal_truncation(digest, _FINGERPRINT_DIGITS)


def _generate(random: RandomBytes) -> ec.EllipticCurvePrivateKey:
    # Eight bytes more than the order has keep the bias of the remainder below 2^-64.
    number = int.from_bytes(random(SCALAR_SIZE + 8), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, _CURVE)


def _load_private(data: bytes) -> ec.EllipticCurvePrivateKey:
    scalar = int.from_bytes(data, "big")
    if not 0 < scalar < _ORDER:
        raise MalformedKey("private key out of range")
    return ec.derive_private_key(scalar, _CURVE)


def _load_public(data: bytes) -> ec.EllipticCurvePublicKey:
    compressed = len(data) == COMPRESSED_KEY_SIZE and data[0] in (2, 3)
    uncompressed = len(data) == PUBLIC_KEY_SIZE and data[0] == 4
    if not compressed and not uncompressed:
        raise MalformedKey("not an encoded point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data)
    except ValueError:
        raise MalformedKey("point not on the curve") from None


def _pair(private_key: ec.EllipticCurvePrivateKey) -> KeyPair:
    scalar = private_key.private_numbers().private_value
    return KeyPair(
        private_key=scalar.to_bytes(SCALAR_SIZE, "big"),
        public_key=_encode_public(private_key.public_key()),
    )


def _encode_public(public_key: ec.EllipticCurvePublicKey) -> bytes:
    return public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _short_x(public_key: bytes) -> bytes:
    return normalize_public_key(public_key)[1 : 1 + SCALAR_SIZE].lstrip(b"\0")
