"""Signatures of version 3, and digests of its tokens."""

from powerauth.phone.state import Token
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.primitives import KEY_SIZE
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v3.signature import compute_signature
from powerauth.protocol.v3.token import compute_digest
from powerauth.protocol.versions import SignatureFormat

__all__ = ["KEY_SIZE", "TOKEN_SECRET_SIZE", "compute", "token_digest"]

TOKEN_SECRET_SIZE = 16  # bytes


def compute(
    data: bytes, *, keys: FactorKeys, kind: SignatureType, ctr: bytes, fmt: SignatureFormat
) -> str:
    """Compute a signature. Source: protocol.md 7.3."""
    return compute_signature(data, keys=keys, signature_type=kind, ctr=ctr, fmt=fmt)


def token_digest(token: Token, *, nonce: bytes, timestamp: int, version: str) -> bytes:
    """Compute the digest of a token. Source: protocol.md 8.2."""
    return compute_digest(secret=token.secret, nonce=nonce, timestamp=timestamp, version=version)
