"""Text and byte encodings that the whole protocol shares.

Decoders are strict: one value has one text, apart from Base64 padding, which may be left out.
"""

import base64
import binascii
import re

from powerauth.protocol.errors import MalformedEncoding

_UUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
_TO_STANDARD = str.maketrans("-_", "+/")
_INT64_LIMIT = 1 << 63


def b64(data: bytes) -> str:
    """Encode bytes as standard Base64 with padding. Source: protocol.md 1.2."""
    return base64.b64encode(data).decode("ascii")


def b64d(text: str, *, size: int | None = None) -> bytes:
    """Decode standard Base64.

    Args:
        text: Base64 of the standard alphabet; the padding is either complete or left out.
        size: the exact number of decoded bytes, if it is known.

    Raises:
        MalformedEncoding: no text, a foreign character (white space included), a partial padding,
            spare bits that are not zero, or another size.

    Source: protocol.md 1.2.
    """
    if not isinstance(text, str):
        raise MalformedEncoding("Base64 text expected")
    padded = text if "=" in text else text + "=" * (-len(text) % 4)
    try:
        data = binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        raise MalformedEncoding("not Base64") from None
    # The way back refuses what the decoder lets pass: spare bits would give one value many texts.
    if b64(data) != padded:
        raise MalformedEncoding("not canonical Base64")
    if size is not None and len(data) != size:
        raise MalformedEncoding(f"{size} bytes expected")
    return data


def b64url(data: bytes) -> str:
    """Encode bytes as Base64URL without padding. Source: protocol.md 1.2."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode Base64URL without padding.

    Raises:
        MalformedEncoding: a foreign character, padding, or spare bits that are not zero.

    Source: protocol.md 1.2.
    """
    if any(character in text for character in "+/="):
        raise MalformedEncoding("Base64URL text expected")
    return b64d(text.translate(_TO_STANDARD))


def cat(*parts: bytes) -> bytes:
    """Join parts, each behind its length of 4 bytes (CAT). Source: protocol.md 1.1."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def fold(data: bytes) -> bytes:
    """Halve bytes by XOR of the two halves (FOLD).

    Raises:
        ValueError: an odd number of bytes.

    Source: protocol.md 1.1.
    """
    half, odd = divmod(len(data), 2)
    if odd:
        raise ValueError("only an even number of bytes can be folded")
    mixed = int.from_bytes(data[:half], "big") ^ int.from_bytes(data[half:], "big")
    return mixed.to_bytes(half, "big")


def int64be(n: int) -> bytes:
    """Encode a signed number as 8 bytes, big-endian (INT64BE).

    Raises:
        MalformedEncoding: the number does not fit.

    Source: protocol.md 1.1.
    """
    if not -_INT64_LIMIT <= n < _INT64_LIMIT:
        raise MalformedEncoding("number out of range")
    return n.to_bytes(8, "big", signed=True)


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in either letter case. Source: protocol.md 1.2."""
    return _UUID.fullmatch(text) is not None
