"""Authentication codes: how they are computed, and the search for the counter and the keys.

What they cover is what signatures of version 3 cover, see `signed_request`.
"""

import hmac
from collections.abc import Sequence

from powerauth.protocol.encoding import b64
from powerauth.protocol.primitives import decimal_truncation
from powerauth.protocol.signed_request import DECIMAL_DIGITS, CounterMatch, SignatureType
from powerauth.protocol.v4.factor_keys import FactorKeys
from powerauth.protocol.v4.primitives.kmac import Customization, kmac, sha3
from powerauth.protocol.versions import SignatureFormat

COUNTER_SIZE = 32  # bytes


def next_counter(ctr: bytes) -> bytes:
    """Compute the counter data that follows, 32 bytes.

    Source: protocol-4.md 24.3; checked by hash-counter-v4.
    """
    return sha3(ctr)


def compute_components(data: bytes, keys: Sequence[bytes], ctr: bytes) -> list[bytes]:
    """Compute the digest of every factor, 32 bytes each.

    Args:
        data: normalized request, then ``&``, then the application secret.
        keys: 1-3 keys of 32 bytes; order: possession, knowledge, biometry.
        ctr: counter data, 32 bytes.

    Raises:
        ValueError: counter data of another size.

    Source: protocol-4.md 24.2; checked by auth-code-v4.
    """
    if len(ctr) != COUNTER_SIZE:
        raise ValueError("counter data has 32 bytes")
    derived = b""
    components = []
    for key in keys:
        # The counter comes first, then the chain of the keys before; the first key has none.
        derived = kmac(key, ctr + derived, Customization.CODE)
        components.append(kmac(derived, data, Customization.CODE))
    return components


def format_code(
    components: Sequence[bytes], fmt: SignatureFormat, digits: int = DECIMAL_DIGITS
) -> str:
    """Write the digests of the factors as text.

    Args:
        components: digests of 32 bytes.
        fmt: Base64 in headers, decimal in offline codes.
        digits: digits of a factor in the decimal form, 4 to 8.

    Source: protocol-4.md 24.2.
    """
    if fmt is SignatureFormat.DECIMAL:
        return "-".join(decimal_truncation(component, digits) for component in components)
    return b64(b"".join(components))


def compute_code(
    data: bytes,
    *,
    keys: Sequence[bytes],
    ctr: bytes,
    fmt: SignatureFormat = SignatureFormat.BASE64,
    digits: int = DECIMAL_DIGITS,
) -> str:
    """Compute a code; see `compute_components` and `format_code` for the shapes.

    Source: protocol-4.md 24.2; checked by auth-code-v4.
    """
    return format_code(compute_components(data, keys, ctr), fmt, digits)


def find_counter(
    code: str,
    candidates: Sequence[tuple[bytes, SignatureType]],
    *,
    keys: FactorKeys,
    ctr: bytes,
    look_ahead: int,
    fmt: SignatureFormat = SignatureFormat.BASE64,
    digits: int = DECIMAL_DIGITS,
) -> CounterMatch | None:
    """Search the window of counter values for the one that a code was made with.

    Args:
        code: the received text.
        candidates: what may have been proven, and by which factors; tried in this order for each
            counter value, with every combination of current and pending keys.
        keys: keys of the activation.
        ctr: counter data that is expected next, 32 bytes.
        look_ahead: number of counter values to try, 1 to 64.
        fmt: expected form of the code.
        digits: digits of a factor in the decimal form.

    Returns: the first match, or None; always None for types that the keys do not serve.

    Source: protocol-4.md 24.4, 31.
    """
    received = code.encode("utf-8", "surrogatepass")
    trials = [
        (candidate, data, kind, chosen, pending)
        for candidate, (data, kind) in enumerate(candidates)
        for chosen, pending in keys.combinations(kind)
    ]
    for steps in range(1, look_ahead + 1) if trials else ():
        following = next_counter(ctr)
        for candidate, data, kind, chosen, pending in trials:
            expected = compute_code(data, keys=chosen, ctr=ctr, fmt=fmt, digits=digits)
            if hmac.compare_digest(expected.encode(), received):
                return CounterMatch(
                    steps=steps,
                    ctr_data=following,
                    signature_type=kind,
                    candidate=candidate,
                    pending_matched=pending,
                )
        ctr = following
    return None
