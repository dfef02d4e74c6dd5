"""Time-based one-time passwords (RFC 6238) for the proximity check."""

import hmac
from typing import Literal

from powerauth.protocol.encoding import int64be

Algorithm = Literal["sha1", "sha256", "sha512"]

DEFAULT_STEP = 30  # seconds
DEFAULT_DIGITS = 8


def totp(
    seed: bytes,
    unix_seconds: int,
    *,
    step: int = DEFAULT_STEP,
    digits: int = DEFAULT_DIGITS,
    algorithm: Algorithm = "sha256",
) -> str:
    """Compute the code of a moment.

    Args:
        seed: shared secret.
        unix_seconds: the moment.
        step: life of one code in seconds, at least 1.
        digits: length of the code, 1 to 9.
        algorithm: hash function; the proximity check uses SHA-256.

    Raises:
        ValueError: step or digits out of range.

    Source: protocol.md 1.7; checked by totp.
    """
    if step < 1 or not 1 <= digits <= 9:
        raise ValueError("step or digits out of range")
    digest = hmac.digest(seed, int64be(unix_seconds // step), algorithm)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def verify_totp(
    code: str,
    seed: bytes,
    unix_seconds: int,
    *,
    step: int = DEFAULT_STEP,
    digits: int = DEFAULT_DIGITS,
    past_steps: int = 0,
) -> bool:
    """Tell whether a code belongs to the moment or to one of the `past_steps` before it.

    Source: protocol.md 11.5.
    """
    received = code.encode("utf-8", "surrogatepass")
    moments = (unix_seconds - i * step for i in range(past_steps + 1))
    codes = [totp(seed, moment, step=step, digits=digits) for moment in moments]
    # Every code is compared: the time of the answer does not tell which step was right.
    matches = [hmac.compare_digest(expected.encode(), received) for expected in codes]
    return any(matches)
