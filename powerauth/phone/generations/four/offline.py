"""Texts of QR codes for phones of version 4.0. Source: protocol-4.md 31."""

from powerauth.phone.core import PhoneCore
from powerauth.protocol.errors import UnsupportedSuite
from powerauth.protocol.v4.application_keys import master_keys_of
from powerauth.protocol.v4.offline import OfflinePayload, parse_payload
from powerauth.protocol.v4.primitives.signing import ECDSA_P384


def scan(phone: PhoneCore, text: str) -> OfflinePayload | None:
    """Read a text; None if its MAC or signature is wrong. Source: protocol-4.md 31; trap 23."""
    payload, keys = parse_payload(text), phone.enrolment_4.utility_keys
    master_key = master_keys_of(phone.config).get(ECDSA_P384.name)
    if master_key is None:
        raise UnsupportedSuite("the configuration lacks the master key")
    return payload if payload.verify(keys=keys, master_public_key=master_key) else None
