"""Simple authentication by token: the digest that a request carries."""

import hmac

from powerauth.protocol.primitives import hmac_sha256
from powerauth.protocol.versions import traits_of


def compute_digest(*, secret: bytes, nonce: bytes, timestamp: int, version: str) -> bytes:
    """Compute the digest of a token, 32 bytes.

    Args:
        secret: secret of the token, 16 bytes.
        nonce: 16 bytes.
        timestamp: milliseconds since 1970.
        version: protocol version of the header; it alone decides what the digest covers.

    Raises:
        UnsupportedVersion: no version of this server.

    Source: protocol.md 8.2; checked by token_digest.
    """
    parts = [nonce, str(timestamp).encode()]
    if traits_of(version).token_digest_includes_version:
        parts.append(version.encode())
    return hmac_sha256(key=secret, data=b"&".join(parts))


def verify_digest(
    digest: bytes, *, secret: bytes, nonce: bytes, timestamp: int, version: str
) -> bool:
    """Tell whether a digest was made with the secret; see `compute_digest` for the shapes.

    Raises:
        UnsupportedVersion: no version of this server.

    Source: protocol.md 8.3.
    """
    expected = compute_digest(secret=secret, nonce=nonce, timestamp=timestamp, version=version)
    return hmac.compare_digest(expected, digest)


def token_replay_key(nonce: bytes, token_id: str) -> bytes:
    """Build the value that is unique to one use of a token. Source: protocol.md 8.3."""
    return nonce + token_id.encode()
