"""Signatures of requests in version 3: how they are computed, and the search for the counter."""

import hmac
from collections.abc import Sequence

from powerauth.protocol.encoding import b64, fold
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.primitives import decimal_truncation, hmac_sha256, sha256
from powerauth.protocol.signed_request import (
    DECIMAL_DIGITS,
    CounterMatch,
    SignatureType,
    canonical_query,
    normalize_request,
    signature_data,
)
from powerauth.protocol.versions import SignatureFormat

__all__ = [
    "DECIMAL_DIGITS",
    "CounterMatch",
    "SignatureType",
    "canonical_query",
    "compute_components",
    "compute_signature",
    "find_counter",
    "format_signature",
    "next_counter",
    "normalize_request",
    "signature_data",
]

_BASE64_PART = 16  # bytes of a factor


def next_counter(ctr: bytes) -> bytes:
    """Compute the counter data that follows. Source: protocol.md 7.4; hash_counter_chain."""
    return fold(sha256(ctr))


def compute_components(data: bytes, keys: Sequence[bytes], ctr: bytes) -> list[bytes]:
    """Compute the digest of every factor, 32 bytes each.

    Args:
        data: normalized request, then ``&``, then the application secret.
        keys: 1-3 keys of 16 bytes; order: possession, knowledge, biometry.
        ctr: counter data, 16 bytes.

    Source: protocol.md 7.3; checked by signatures-v3, signatures-v31 and signatures-offline.
    """
    keyed = [hmac_sha256(key=key, data=ctr) for key in keys]
    components = []
    for i, derived in enumerate(keyed):
        for link in keyed[1 : i + 1]:
            derived = hmac_sha256(key=link, data=derived)
        components.append(hmac_sha256(key=derived, data=data))
    return components


def format_signature(
    components: Sequence[bytes], fmt: SignatureFormat, digits: int = DECIMAL_DIGITS
) -> str:
    """Write the digests of the factors as signature text.

    Args:
        components: digests of 32 bytes.
        fmt: the form; `digits` matters for the decimal form only.
        digits: digits of a factor, 4 to 8.

    Source: protocol.md 7.3.
    """
    if fmt is SignatureFormat.DECIMAL:
        return "-".join(decimal_truncation(component, digits) for component in components)
    return b64(b"".join(component[-_BASE64_PART:] for component in components))


def compute_signature(
    data: bytes,
    *,
    keys: FactorKeys,
    signature_type: SignatureType,
    ctr: bytes,
    fmt: SignatureFormat,
    digits: int = DECIMAL_DIGITS,
) -> str:
    """Sign data with the factors of a type; see `compute_components` for the shapes.

    Source: protocol.md 7.3; checked by online_signature.
    """
    components = compute_components(data, keys.select(signature_type.factors), ctr)
    return format_signature(components, fmt, digits)


def find_counter(
    signature: str,
    candidates: Sequence[tuple[bytes, SignatureType]],
    *,
    keys: FactorKeys,
    ctr: bytes,
    fmt: SignatureFormat,
    look_ahead: int,
    digits: int = DECIMAL_DIGITS,
) -> CounterMatch | None:
    """Search the window of counter values for the one that a signature was made with.

    Args:
        signature: the received text.
        candidates: what may have been signed, and by which factors; tried in this order for each
            counter value.
        keys: keys of the activation.
        ctr: counter data that is expected next, 16 bytes.
        fmt: expected form of the signature.
        look_ahead: number of counter values to try, 1 to 64.
        digits: digits of a factor in the decimal form.

    Returns: the first match, or None.

    Source: protocol.md 7.6, 11.4.
    """
    received = signature.encode("utf-8", "surrogatepass")
    for steps in range(1, look_ahead + 1):
        following = next_counter(ctr)
        for candidate, (data, kind) in enumerate(candidates):
            expected = compute_signature(
                data, keys=keys, signature_type=kind, ctr=ctr, fmt=fmt, digits=digits
            )
            if hmac.compare_digest(expected.encode(), received):
                return CounterMatch(
                    steps=steps, ctr_data=following, signature_type=kind, candidate=candidate
                )
        ctr = following
    return None
