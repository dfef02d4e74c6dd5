"""What a request proves, in every version: what is signed, by which factors, and at which counter.

Versions 3.x call the proof a signature, version 4.0 an authentication code.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import quote_plus, unquote_plus

from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedEncoding, MalformedHeader, ProtocolError

DECIMAL_DIGITS = 8  # of a factor; offline signatures may have 4 to 8

_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class SignatureType(StrEnum):
    """Combination of factors that proves a request. Source: protocol.md 7.3."""

    POSSESSION = "possession"
    KNOWLEDGE = "knowledge"
    BIOMETRY = "biometry"
    POSSESSION_KNOWLEDGE = "possession_knowledge"
    POSSESSION_BIOMETRY = "possession_biometry"
    POSSESSION_KNOWLEDGE_BIOMETRY = "possession_knowledge_biometry"

    def __init__(self, value: str) -> None:
        """Take the type apart once."""
        self._factors = tuple(value.split("_"))

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, which are the names of their keys, in the order of use."""
        return self._factors

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
    """The counter value that a signature or code was made with."""

    steps: int
    """How far the numeric counter moves: 1 for the value that was expected."""
    ctr_data: bytes
    """The counter data that the next one is expected to use."""
    signature_type: SignatureType
    candidate: int = 0
    """Index of the candidate that matched."""
    pending_matched: frozenset[str] = frozenset()
    """Factors whose pending key matched, protocol-4.md 24.4; none before version 4.0."""


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


def resource_id_of(base: bytes) -> str | None:
    """Give the identifier in a base string as `normalize_request` writes it; None if none is there.

    Source: protocol.md 7.1.
    """
    parts = base.split(b"&")
    try:
        return b64d(parts[1].decode()).decode() if len(parts) > 1 else None
    except (ProtocolError, UnicodeDecodeError):
        return None


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


def _form_encode(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")
