"""Digests of tokens by KMAC. Source: protocol-4.md 26."""

from powerauth.engine.generations.four import times
from powerauth.engine.generations.values import Window
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.v4 import token

SECRET_SIZE = token.SECRET_SIZE
KIND = b"TOKEN4"  # of used values


def window() -> Window:
    """See `Tokens`."""
    return times.WINDOW


def verify(header: TokenHeader, secret: bytes) -> bool:
    """See `Tokens`; a token of generation 3, whose secret is shorter, verifies nothing.

    Nor does a nonce of another size, which no header of a phone has, but a back end may pass on.
    """
    if len(secret) != SECRET_SIZE or len(header.nonce) != token.NONCE_SIZE:
        return False
    return token.verify_digest(
        header.digest, secret=secret, nonce=header.nonce, timestamp=header.timestamp
    )


def replay_value(header: TokenHeader) -> bytes:
    """See `Tokens`; no value of generation 3 has this size."""
    return KIND + header.nonce + header.token_id.lower().encode()
