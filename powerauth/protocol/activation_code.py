"""Activation codes: build, check, sign, and the text of the QR code."""

import base64
import re
import secrets

from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import MalformedEncoding
from powerauth.protocol.keys import sign, verify
from powerauth.protocol.primitives import RandomBytes, crc16_arc

_RANDOM_SIZE = 10  # bytes
_SYNTAX = re.compile(r"[A-Z2-7]{5}(?:-[A-Z2-7]{5}){3}")


def generate_activation_code(random: RandomBytes = secrets.token_bytes) -> str:
    """Generate a code of 23 characters, ``XXXXX-XXXXX-XXXXX-XXXXX``.

    Source: protocol.md 3.2; checked by activation_code_build.
    """
    body = random(_RANDOM_SIZE)
    text = base64.b32encode(body + crc16_arc(body).to_bytes(2, "big")).decode("ascii")
    return "-".join(text[start : start + 5] for start in range(0, 20, 5))


def is_activation_code(text: str) -> bool:
    """Tell whether the syntax and the checksum of a code are right.

    Source: protocol.md 3.2; checked by activation_code_check.
    """
    if _SYNTAX.fullmatch(text) is None:
        return False
    data = base64.b32decode(text.replace("-", "") + "====")
    return crc16_arc(data[:_RANDOM_SIZE]) == int.from_bytes(data[_RANDOM_SIZE:], "big")


def sign_activation_code(master_private_key: bytes, code: str) -> str:
    """Sign a code with the master key of the application; Base64 of DER.

    Raises:
        MalformedKey: no valid private key.

    Source: protocol.md 3.2.
    """
    return b64(sign(master_private_key, code.encode()))


def verify_activation_code(master_public_key: bytes, code: str, signature_b64: str) -> bool:
    """Tell whether a code was signed by the application; garbage was not.

    Raises:
        MalformedKey: no valid public key.

    Source: protocol.md 3.2; checked by verify-activation-data-signature-v3.
    """
    try:
        signature = b64d(signature_b64)
        signed = code.encode()
    except (MalformedEncoding, UnicodeEncodeError):
        return False
    return verify(master_public_key, signed, signature)


def activation_qr_text(code: str, signature: str) -> str:
    """Join a code and its signature to the text of a QR code. Source: protocol.md 3.2."""
    return f"{code}#{signature}"


def parse_activation_qr(text: str) -> tuple[str, str | None]:
    """Split a scanned or typed text into the code and its signature, if there is one.

    Returns: the code, and the signature in Base64. Nothing is verified here.

    Raises:
        MalformedEncoding: no activation code, or the part behind ``#`` is not Base64.

    Source: protocol.md 3.2.
    """
    code, separator, signature = text.partition("#")
    if not is_activation_code(code):
        raise MalformedEncoding("not an activation code")
    if not separator:
        return code, None
    if not b64d(signature):
        raise MalformedEncoding("the signature is empty")
    return code, signature
