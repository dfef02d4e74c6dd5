"""Simple authentication by token: the digest that a request of version 4.0 carries."""

import hmac

from powerauth.protocol.v4.primitives.kmac import Customization, kmac

SECRET_SIZE = 32  # bytes
NONCE_SIZE = 16  # bytes

_VERSION = b"4.0"


def compute_digest(*, secret: bytes, nonce: bytes, timestamp: int) -> bytes:
    """Compute the digest of a token, 32 bytes.

    Args:
        secret: secret of the token, 32 bytes.
        nonce: 16 bytes.
        timestamp: milliseconds since 1970.

    Raises:
        ValueError: a secret or nonce of another size.

    Source: protocol-4.md 26; checked by token-digest-v4 and status-v4 token.
    """
    if (len(secret), len(nonce)) != (SECRET_SIZE, NONCE_SIZE):
        raise ValueError("the secret of a token has 32 bytes, a nonce 16")
    data = b"&".join((nonce, str(timestamp).encode(), _VERSION))
    return kmac(secret, data, Customization.TOKEN)


def verify_digest(digest: bytes, *, secret: bytes, nonce: bytes, timestamp: int) -> bool:
    """Tell whether a digest was made with the secret; see `compute_digest` for the shapes.

    Raises:
        ValueError: a secret or nonce of another size.

    Source: protocol-4.md 26.
    """
    expected = compute_digest(secret=secret, nonce=nonce, timestamp=timestamp)
    return hmac.compare_digest(expected, digest)
