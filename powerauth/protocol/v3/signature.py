"""Request signatures: what is signed, how it is computed, and the search for the counter."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import quote_plus, unquote_plus

from powerauth.protocol.encoding import b64, fold
from powerauth.protocol.errors import MalformedEncoding, MalformedHeader
from powerauth.protocol.keys import FactorKeys
from powerauth.protocol.primitives import decimal_truncation, hmac_sha256, sha256
from powerauth.protocol.versions import SignatureFormat

DECIMAL_DIGITS = 8  # of a factor; offline signatures may have 4 to 8
_BASE64_PART = 16  # bytes of a factor

_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class SignatureType(StrEnum):
    """Combination of factors that signs a request. Source: protocol.md 7.3."""

    POSSESSION = "possession"
    KNOWLEDGE = "knowledge"
    BIOMETRY = "biometry"
    POSSESSION_KNOWLEDGE = "possession_knowledge"
    POSSESSION_BIOMETRY = "possession_biometry"
    POSSESSION_KNOWLEDGE_BIOMETRY = "possession_knowledge_biometry"

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, which are the names in `FactorKeys`, in the order of use."""
        return tuple(self.value.split("_"))

    @property
    def size(self) -> int:
        """Number of factors, 1 to 3."""
        return len(self.factors)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a type in any letter case.

        Raises:
            MalformedHeader: none of the six types.

        Source: protocol.md 7.5.
        """
        try:
            # Letters outside ASCII exist that become ASCII in lower case, the Kelvin sign is one.
            return cls(text.lower() if text.isascii() else "")
        except ValueError:
            raise MalformedHeader("unknown signature type") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterMatch:
    """The counter value that a signature was made with."""

    steps: int
    """How far the numeric counter moves: 1 for the value that was expected."""
    ctr_data: bytes
    """The counter data that the next signature is expected to use, 16 bytes."""
    signature_type: SignatureType
    candidate: int = 0
    """Index of the candidate that matched."""


def normalize_request(method: str, resource_id: str, nonce_b64: str, body: bytes) -> bytes:
    """Build the base string of a request, without the secret.

    Args:
        method: HTTP method.
        resource_id: identifier agreed for the endpoint, such as ``/pa/token/create``; not the URL.
        nonce_b64: the nonce as the header spells it.
        body: raw body; for GET the canonical query.

    Source: protocol.md 7.1; checked by signature_base_string.
    """
    return "&".join((method.upper(), b64(resource_id.encode()), nonce_b64, b64(body))).encode()


def signature_data(base: bytes, application_secret: str) -> bytes:
    """Complete a base string with the secret (Base64 text, or the word ``offline``).

    Source: protocol.md 7.1.
    """
    return base + b"&" + application_secret.encode()


def canonical_query(query: str) -> bytes:
    """Bring the query of a GET request into the form that both sides sign.

    Args:
        query: the query string as it stands in the URL, not decoded; without the ``?``.

    Raises:
        MalformedEncoding: a broken percent escape.

    Source: protocol.md 7.2; checked by canonical_query and url_encoding.
    """
    if _BROKEN_ESCAPE.search(query):
        raise MalformedEncoding("broken percent escape")
    pairs = []
    for part in query.split("&"):
        key, separator, value = part.partition("=")
        if separator:
            pairs.append((unquote_plus(key), unquote_plus(value)))
    try:
        pairs.sort(key=lambda pair: (pair[0].encode("utf-16-be"), pair[1].encode("utf-16-be")))
    except UnicodeEncodeError:
        raise MalformedEncoding("the query is no Unicode text") from None
    return "&".join(f"{_form_encode(key)}={_form_encode(value)}" for key, value in pairs).encode()


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


def _form_encode(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")
