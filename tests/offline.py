"""What a phone without a network shows its user."""

from powerauth.phone.phone import Phone
from powerauth.protocol.v3.offline import OFFLINE_SECRET
from powerauth.protocol.v3.signature import SignatureType, compute_signature, signature_data
from powerauth.protocol.versions import SignatureFormat
from tests.bank import PIN


def typed(
    phone: Phone,
    signed: bytes,
    *,
    kind: SignatureType = SignatureType.POSSESSION_KNOWLEDGE,
    digits: int = 8,
    pin: str = PIN,
) -> str:
    """Compute what the app shows, and move its counter."""
    text = compute_signature(
        signature_data(signed, OFFLINE_SECRET),
        keys=phone.factor_keys(kind, pin),
        signature_type=kind,
        ctr=phone.enrolment.ctr_data,
        fmt=SignatureFormat.DECIMAL,
        digits=digits,
    )
    phone.advance()
    return text
