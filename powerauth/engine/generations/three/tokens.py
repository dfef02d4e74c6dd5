"""Digests of tokens by HMAC. Source: protocol.md 8."""

from powerauth.engine import policy
from powerauth.engine.generations.values import Window
from powerauth.protocol.headers import TokenHeader
from powerauth.protocol.v3.token import token_replay_key, verify_digest

SECRET_SIZE = 16  # bytes


def window() -> Window:
    """See `Tokens`."""
    return Window(past=policy.token_past(), future=policy.token_future())


def verify(header: TokenHeader, secret: bytes) -> bool:
    """See `Tokens`."""
    return verify_digest(
        header.digest,
        secret=secret,
        nonce=header.nonce,
        timestamp=header.timestamp,
        version=header.version,
    )


def replay_value(header: TokenHeader) -> bytes:
    """See `Tokens`; the value of a 3.x server, which has 52 bytes."""
    return token_replay_key(header.nonce, header.token_id.lower())
