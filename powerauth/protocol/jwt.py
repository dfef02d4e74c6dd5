"""JWS, as far as the exchanges of temporary keys need it.

By hand: some libraries refuse the HMAC keys of the protocol (16 bytes for HS256 in version 3, 32
for HS384 in version 4), none knows ML-DSA, and sizes are checked before anything is parsed. The
caller names the algorithms that it accepts; no message chooses another.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

from powerauth.protocol.encoding import b64d, b64url, b64url_decode, is_uuid
from powerauth.protocol.errors import MalformedEncoding, MalformedJwt
from powerauth.protocol.primitives import KEY_SIZE

_MAX_LENGTH = 8192  # characters; a genuine one has a few hundred in version 3, 3400 in version 4
_MAX_CHALLENGE = 512  # characters


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a JWS; whether they are authentic is another question."""

    members: dict[str, object]

    def text(self, name: str) -> str:
        """Return a claim that must be a text.

        Raises:
            MalformedJwt: absent, or no text.
        """
        value = self.members.get(name)
        if not isinstance(value, str):
            raise MalformedJwt(f"{name} is not a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a claim that may be absent or null.

        Raises:
            MalformedJwt: no text.
        """
        return None if self.members.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """Return a claim that must be a whole number.

        Raises:
            MalformedJwt: absent, or no whole number.
        """
        value = self.members.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedJwt(f"{name} is not a whole number")
        return value

    def application_key(self) -> str:
        """Return the claim ``applicationKey``, as text.

        Raises:
            ProtocolError: not Base64 of 16 bytes.

        Source: protocol.md 6.1, protocol-4.md 22.1.
        """
        text = self.text("applicationKey")
        b64d(text, size=KEY_SIZE)
        return text

    def activation_id(self) -> str | None:
        """Return the claim ``activationId``, which application scope has not.

        Raises:
            MalformedJwt: not a UUID.

        Source: protocol.md 6.1, protocol-4.md 22.1.
        """
        text = self.optional_text("activationId")
        if text is not None and not is_uuid(text):
            raise MalformedJwt("activationId is not a UUID")
        return text

    def challenge(self) -> str:
        """Return the claim ``challenge``.

        Raises:
            ProtocolError: empty, too long, or no Unicode text.

        Source: protocol.md 6.1, protocol-4.md 22.1.
        """
        text = self.text("challenge")
        if not 0 < len(text) <= _MAX_CHALLENGE:
            raise MalformedJwt("challenge has a wrong length")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise MalformedEncoding("challenge is no Unicode text") from None
        return text

    def key_id(self) -> str:
        """Return the claim ``sub``, the id of a temporary key.

        Raises:
            MalformedJwt: not a UUID.

        Source: protocol.md 6.3, protocol-4.md 22.3.
        """
        text = self.text("sub")
        if not is_uuid(text):
            raise MalformedJwt("sub is not a UUID")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedJwt:
    """The parts of a JWT whose signature has not been checked yet."""

    claims: Claims
    algorithm: str
    signed: bytes
    """ASCII of ``header.payload``."""
    signature: bytes


def encode_part(part: dict[str, object]) -> str:
    """Encode a header, or claims, as Base64URL of JSON; members that are None are left out."""
    present = {name: value for name, value in part.items() if value is not None}
    return b64url(json.dumps(present, separators=(",", ":")).encode())


def decode_part(part: str) -> dict[str, object]:
    """Decode a header, or claims.

    Raises:
        MalformedJwt: not Base64URL of a JSON object.
    """
    try:
        value = json.loads(decode_binary(part).decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedJwt("a part is not JSON") from None
    if not isinstance(value, dict):
        raise MalformedJwt("a part is not a JSON object")
    return value


def decode_binary(part: str) -> bytes:
    """Decode a signature.

    Raises:
        MalformedJwt: not Base64URL.
    """
    try:
        return b64url_decode(part)
    except MalformedEncoding:
        raise MalformedJwt("a part is not Base64URL") from None


def algorithm_of(header: dict[str, object], accepted: Collection[str]) -> str:
    """Give the algorithm that a header names.

    Raises:
        MalformedJwt: none of the accepted ones, or a critical extension.
    """
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in accepted or "crit" in header:
        raise MalformedJwt("algorithm not accepted")
    return algorithm


def parse_jwt(text: str, *, algorithms: Collection[str]) -> ParsedJwt:
    """Split a compact JWS and decode its parts, without trusting them.

    Args:
        text: the received text.
        algorithms: the only accepted values of ``alg``.

    Raises:
        MalformedJwt: not three parts of Base64URL with JSON objects, too long, another algorithm,
            or a critical extension.

    Source: protocol.md 6.1, protocol-4.md 22.1.
    """
    if not isinstance(text, str):
        raise MalformedJwt("text expected")
    if len(text) > _MAX_LENGTH or text.count(".") != 2:
        raise MalformedJwt("not a compact JWS")
    signed, _, tail = text.rpartition(".")
    head, _, body = signed.partition(".")
    return ParsedJwt(
        algorithm=algorithm_of(decode_part(head), algorithms),
        claims=Claims(decode_part(body)),
        signed=signed.encode("ascii"),
        signature=decode_binary(tail),
    )
