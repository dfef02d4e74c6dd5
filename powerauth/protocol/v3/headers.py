"""The HTTP headers, for those who know them by this name; they are the same in every version."""

from powerauth.protocol.headers import (
    DIGEST_SIZE,
    ENCRYPTION_HEADER,
    NONCE_SIZE,
    SIGNATURE_HEADER,
    TOKEN_HEADER,
    EncryptionHeader,
    SignatureHeader,
    TokenHeader,
    parse_parameters,
)

__all__ = [
    "DIGEST_SIZE",
    "ENCRYPTION_HEADER",
    "NONCE_SIZE",
    "SIGNATURE_HEADER",
    "TOKEN_HEADER",
    "EncryptionHeader",
    "SignatureHeader",
    "TokenHeader",
    "parse_parameters",
]
