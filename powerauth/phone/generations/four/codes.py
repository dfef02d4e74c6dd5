"""Authentication codes of version 4.0, and digests of its tokens."""

from powerauth.phone.state import Token
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.authentication_code import compute_code
from powerauth.protocol.v4.primitives.kmac import KEY_SIZE
from powerauth.protocol.v4.token import SECRET_SIZE as TOKEN_SECRET_SIZE
from powerauth.protocol.v4.token import compute_digest
from powerauth.protocol.versions import SignatureFormat

__all__ = ["KEY_SIZE", "TOKEN_SECRET_SIZE", "compute", "token_digest"]


def compute(
    data: bytes, *, keys: FactorKeys, kind: SignatureType, ctr: bytes, fmt: SignatureFormat
) -> str:
    """Compute a code. Source: protocol-4.md 24.2."""
    return compute_code(data, keys=keys.select(kind.factors), ctr=ctr, fmt=fmt)


def token_digest(token: Token, *, nonce: bytes, timestamp: int, version: str) -> bytes:
    """Compute the digest of a token. Source: protocol-4.md 26."""
    return compute_digest(secret=token.secret, nonce=nonce, timestamp=timestamp)
