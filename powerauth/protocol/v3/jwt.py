"""Compact JWS, as far as the temporary keys need it.

By hand, because the HMAC keys of the protocol have 16 bytes and libraries insist on 32 for HS256.
The caller names the one algorithm that it accepts; the header of a message never chooses.
"""

import json
from dataclasses import dataclass

from powerauth.protocol.encoding import b64url, b64url_decode
from powerauth.protocol.errors import MalformedEncoding, MalformedJwt

_MAX_LENGTH = 8192  # characters; a genuine one has a few hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedJwt:
    """The parts of a JWT whose signature has not been checked yet."""

    claims: dict[str, object]
    signed: bytes
    """ASCII of ``header.payload``."""
    signature: bytes

    def text(self, name: str) -> str:
        """Return a claim that must be a text.

        Raises:
            MalformedJwt: absent, or no text.
        """
        value = self.claims.get(name)
        if not isinstance(value, str):
            raise MalformedJwt(f"{name} is not a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a claim that may be absent or null.

        Raises:
            MalformedJwt: no text.
        """
        return None if self.claims.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """Return a claim that must be a whole number.

        Raises:
            MalformedJwt: absent, or no whole number.
        """
        value = self.claims.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedJwt(f"{name} is not a whole number")
        return value


def signing_input(header: dict[str, str], claims: dict[str, object]) -> str:
    """Encode header and claims to ``header.payload``; claims that are None are left out."""
    present = {name: value for name, value in claims.items() if value is not None}
    return ".".join(
        b64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, present)
    )


def parse_jwt(text: str, *, algorithm: str) -> ParsedJwt:
    """Split a compact JWS and decode its parts, without trusting them.

    Args:
        text: the received text.
        algorithm: the only accepted value of ``alg``.

    Raises:
        MalformedJwt: not three parts of Base64URL with JSON objects, too long, another algorithm,
            or a critical extension.

    Source: protocol.md 6.1.
    """
    if not isinstance(text, str):
        raise MalformedJwt("text expected")
    if len(text) > _MAX_LENGTH or text.count(".") != 2:
        raise MalformedJwt("not a compact JWS")
    signed, _, tail = text.rpartition(".")
    head, _, body = signed.partition(".")
    header = _decode_object(head)
    if header.get("alg") != algorithm or "crit" in header:
        raise MalformedJwt("algorithm not accepted")
    claims = _decode_object(body)
    return ParsedJwt(claims=claims, signed=signed.encode("ascii"), signature=_decode(tail))


def _decode(part: str) -> bytes:
    try:
        return b64url_decode(part)
    except MalformedEncoding:
        raise MalformedJwt("a part is not Base64URL") from None


def _decode_object(part: str) -> dict[str, object]:
    try:
        value = json.loads(_decode(part).decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedJwt("a part is not JSON") from None
    if not isinstance(value, dict):
        raise MalformedJwt("a part is not a JSON object")
    return value
