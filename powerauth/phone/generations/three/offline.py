"""Texts of QR codes that a server signs for phones of version 3. Source: protocol.md 11."""

from powerauth.phone.core import PhoneCore
from powerauth.protocol.v3.offline import SERVER_KEY_ID, OfflinePayload, parse_payload


def scan(phone: PhoneCore, text: str) -> OfflinePayload | None:
    """Read a text; None if its signature is wrong. Source: protocol.md 11.1, 11.2."""
    payload = parse_payload(text)
    personal = payload.key_id == SERVER_KEY_ID
    key = phone.enrolment_3.server_public_key if personal else phone.config.master_public_key
    return payload if payload.verify(key) else None
