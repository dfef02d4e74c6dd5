"""Offline texts in every version: the lines of the QR code, and what a user's app proves.

How the text is authenticated is the matter of a generation. The codes that the app shows are
decimal in every version.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedEncoding, MalformedPayload
from powerauth.protocol.signed_request import normalize_request

OFFLINE_SECRET = "offline"  # noqa: S105 - a constant word of the protocol, known to everybody
OFFLINE_RESOURCE_ID = "/operation/authorize/offline"
NONCE_SIZE = 16  # bytes

_MIN_LINES = 7
_TOTP = re.compile(r"[0-9]{4,9}")
_ESCAPE = re.compile(r"\\([\\n*])")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineText:
    """A scanned QR code with an operation. Source: protocol.md 11.1, 11.2."""

    operation_id: str
    title: str
    message: str
    operation_data: str
    """Exactly as line 4 spells it: it is signed in this form."""
    flags: str
    totp: str | None
    nonce_b64: str
    key_id: str
    """Says which key authenticates the text, and how."""
    signature: bytes
    """Signature or MAC of the server."""
    signed: bytes
    """Everything that the signature or MAC covers."""

    @classmethod
    def parse(cls, text: str, key_ids: Collection[str]) -> Self:
        """Read the text of a QR code. Nothing is authenticated here.

        Args:
            text: the scanned text.
            key_ids: those of the generation.

        Raises:
            ProtocolError: too few lines, malformed nonce or signature, or another key id.

        Source: protocol.md 11.2, protocol-4.md 31; checked by offline_qr_layout.
        """
        lines = text.split("\n")
        if len(lines) < _MIN_LINES:
            raise MalformedPayload("too few lines")
        *content, nonce_b64, last = lines
        b64d(nonce_b64, size=NONCE_SIZE)
        if last[:1] not in key_ids:
            raise MalformedPayload("unknown signing key")
        totp = content[5] if len(content) > 5 and _TOTP.fullmatch(content[5]) else None
        return cls(
            operation_id=content[0],
            title=_unescape(content[1]),
            message=_unescape(content[2]),
            operation_data=content[3],
            flags=content[4],
            totp=totp,
            nonce_b64=nonce_b64,
            key_id=last[:1],
            signature=b64d(last[1:]),
            signed=encode_text(text[: len(text) - len(last) + 1]),
        )


def text_to_sign(data: str, *, nonce_b64: str, totp: str | None, key_id: str) -> str:
    """Lay out everything of a QR code that comes before its signature or MAC.

    Args:
        data: free text, or lines of `build_offline_data`.
        nonce_b64: Base64 of 16 bytes; the app signs it in this form.
        totp: code of the proximity check, or None.
        key_id: says which key authenticates the text.

    Raises:
        ProtocolError: malformed nonce or code.

    Source: protocol.md 11.1.
    """
    b64d(nonce_b64, size=NONCE_SIZE)
    if totp is not None and _TOTP.fullmatch(totp) is None:
        raise MalformedPayload("not a code of the proximity check")
    lines = (data, nonce_b64, key_id) if totp is None else (data, totp, nonce_b64, key_id)
    return "\n".join(lines)


def encode_text(text: str) -> bytes:
    """Encode a text of a QR code.

    Raises:
        MalformedPayload: no Unicode text.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise MalformedPayload("no Unicode text") from None


def build_offline_data(operation_id: str, title: str, message: str, data: str, flags: str) -> str:
    """Lay out an operation as five lines.

    Args:
        operation_id: one line.
        title: any text.
        message: any text.
        data: operation data with its attributes already escaped, see `escape_attribute`.
        flags: letters of B, X, F and C.

    Raises:
        MalformedPayload: a line feed in the operation id, the operation data or the flags.

    Source: protocol.md 11.2.
    """
    if any("\n" in line for line in (operation_id, data, flags)):
        raise MalformedPayload("a line feed within a line")
    return "\n".join((operation_id, _escape(title), _escape(message), data, flags))


def escape_attribute(text: str) -> str:
    """Escape the text of one attribute of operation data. Source: protocol.md 11.2."""
    return _escape(text).replace("*", "\\*")


def offline_body(operation_id: str, operation_data: str, totp: str | None = None) -> bytes:
    """Join what the app signs in place of a request body. Source: protocol.md 11.3."""
    parts = (operation_id, operation_data) if totp is None else (operation_id, operation_data, totp)
    return "&".join(parts).encode()


def offline_base(nonce_b64: str, body: bytes) -> bytes:
    """Build the base string of an offline signature, without the secret. Source: 11.3."""
    return normalize_request("POST", OFFLINE_RESOURCE_ID, nonce_b64, body)


def with_totp(base: bytes, totp: str) -> bytes:
    """Append a code of the proximity check to the signed body within a base string.

    Raises:
        MalformedEncoding: the last part of the base string is not Base64.

    Source: protocol.md 11.5.
    """
    head, separator, body_b64 = base.rpartition(b"&")
    # latin-1 maps every byte to a character, so that the Base64 check sees all of them.
    body = b64d(body_b64.decode("latin-1")) + b"&" + totp.encode()
    return head + separator + b64(body).encode()


def parse_offline_signature(text: str, digits: int) -> str:
    """Check the text of an offline signature: two parts of `digits` digits.

    Returns: the text.

    Raises:
        MalformedEncoding: another form.
        ValueError: `digits` is not 4 to 8.

    Source: protocol.md 11.4.
    """
    if not 4 <= digits <= 8:
        raise ValueError("a part of an offline signature has 4 to 8 digits")
    if re.fullmatch(rf"[0-9]{{{digits}}}-[0-9]{{{digits}}}", text) is None:
        raise MalformedEncoding("not an offline signature")
    return text


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text)
