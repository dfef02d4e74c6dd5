"""What the tests of `/pa/v3/*` send beside a phone's own requests, and what they expect."""

import json
from collections.abc import Mapping
from dataclasses import replace

from powerauth.models import Activation, SignatureAudit
from powerauth.phone.generations.values import SealedRequest
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import refusal
from tests.bank import PIN

P = SignatureType.POSSESSION
K = SignatureType.KNOWLEDGE
B = SignatureType.BIOMETRY
PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
PKB = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY

WRONG_PIN = "9999"
JSON = {"Content-Type": "application/json"}

UNAUTHENTICATED = refusal(401, "ERR_AUTHENTICATION", "POWER_AUTH_SIGNATURE_INVALID")
NO_ACTIVATION = refusal(400, "ERR_ACTIVATION", "POWER_AUTH_ACTIVATION_INVALID")
NO_ENCRYPTION = refusal(400, "ERR_ENCRYPTION", "POWER_AUTH_ENCRYPTION_FAILED")
NO_TEMPORARY_KEY = refusal(400, "ERR_TEMPORARY_KEY", "POWER_AUTH_TEMPORARY_KEY_FAILURE")
NO_UPGRADE = refusal(400, "ERR_UPGRADE", "POWER_AUTH_UPGRADE_FAILED")
NO_VAULT = refusal(400, "ERR_SECURE_VAULT", "POWER_AUTH_SECURE_VAULT_INVALID")


def attempts(phone: Phone) -> tuple[int, int]:
    """Give the server's counter and failed attempts of a phone's activation.

    The code that confirms an activation of protocol 4.0 is none of a test.
    """
    row = Activation.objects.get(id=phone.activation_id)
    confirming = 1 if row.protocol_generation == 4 and not row.confirmation_pending else 0
    return row.counter - confirming, row.failed_attempts


def audited() -> SignatureAudit:
    """Give the record of the only code, but for the one that confirms an activation."""
    *confirming, mine = SignatureAudit.objects.order_by("id")
    assert len(confirming) == (1 if mine.generation == 4 else 0)
    return mine


def shift_clock(phone: Phone, milliseconds: int) -> None:
    """Make a phone mistaken about the server's time, until it next asks for it."""
    offset = phone.state.clock_offset_ms + milliseconds
    phone.state = replace(phone.state, clock_offset_ms=offset)


def flipped(data: bytes, index: int = 0) -> bytes:
    """Flip one bit of one byte."""
    mutable = bytearray(data)
    mutable[index] ^= 1
    return bytes(mutable)


def to_bytes(members: object) -> bytes:
    """Write JSON; bytes stay as they are."""
    return members if isinstance(members, bytes) else json.dumps(members).encode()


def sealed(phone: Phone, encryptor: Encryptor, plaintext: bytes = b"{}") -> SealedRequest:
    """Encrypt a request whose answer nobody will open."""
    return phone.seal(plaintext, encryptor)[0]


def post_encrypted(
    phone: Phone,
    path: str,
    members: object,
    encryptor: Encryptor,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send members of an envelope under the phone's encryption header, or other headers."""
    own = {ENCRYPTION_HEADER: phone.encryption_header(encryptor.scope).format()}
    return phone.server.post(path, to_bytes(members), own if headers is None else headers)


def post_signed(
    phone: Phone,
    path: str,
    members: object,
    *,
    resource_id: str,
    factors: SignatureType = PK,
    pin: str = PIN,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Sign a body as it is, and send it."""
    body = to_bytes(members)
    value = phone.sign("POST", resource_id, body, factors=factors, pin=pin)
    return phone.server.post(path, body, {SIGNATURE_HEADER: value, **(headers or {})})
