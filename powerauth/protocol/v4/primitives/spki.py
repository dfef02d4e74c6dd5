"""Public keys as SubjectPublicKeyInfo (DER) of algorithms without parameters.

Each algorithm has one prefix and one size, so nothing has to be parsed: other encodings of the same
key, and keys of other algorithms, are refused.
"""

from dataclasses import dataclass

from powerauth.protocol.errors import MalformedKey

_NIST_ALGORITHMS = bytes.fromhex("608648016503 04")  # 2.16.840.1.101.3.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Spki:
    """The form of the public keys of one algorithm. Source: protocol-4.md 17.5."""

    oid_tail: bytes
    """What follows 2.16.840.1.101.3.4 in the object identifier."""
    raw_size: int
    """Bytes of a key without its wrapping, at least 256."""

    @property
    def prefix(self) -> bytes:
        """Everything before the raw key."""
        oid = _NIST_ALGORITHMS + self.oid_tail
        algorithm = _tlv(0x30, _tlv(0x06, oid))
        bits = b"\x03\x82" + (1 + self.raw_size).to_bytes(2, "big") + b"\0"
        size = len(algorithm) + len(bits) + self.raw_size
        return b"\x30\x82" + size.to_bytes(2, "big") + algorithm + bits

    def wrap(self, raw: bytes) -> bytes:
        """Encode a raw key."""
        return self.prefix + raw

    def unwrap(self, der: bytes) -> bytes:
        """Give the raw key.

        Raises:
            MalformedKey: another algorithm, another size, or another encoding than the canonical.
        """
        prefix = self.prefix
        if len(der) != len(prefix) + self.raw_size or not der.startswith(prefix):
            raise MalformedKey("not a public key of this algorithm")
        return der[len(prefix) :]


def _tlv(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content
