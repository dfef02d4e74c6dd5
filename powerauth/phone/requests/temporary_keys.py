"""How long a temporary key may be used."""

from powerauth.phone.generations.values import TemporaryKey

SAFETY_MS = 10_000
"""How long before its end a key is not used any more."""


def is_usable(key: TemporaryKey, at_ms: int) -> bool:
    """Tell whether a key may still encrypt. Source: protocol.md 6.3, protocol-4.md 22.3."""
    return at_ms < key.expires_at_ms - SAFETY_MS
