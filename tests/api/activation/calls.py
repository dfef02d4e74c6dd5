"""How the tests ask for activation codes, and what they expect."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from activation.models import SpawnAudit
from powerauth.models import Activation, Application
from powerauth.phone.phone import Phone
from powerauth.phone.requests.encrypting import Signing
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import refusal
from tests.api.standard.wire import PK, to_bytes
from tests.bank import PIN

PATH = RESOURCE_ID = "/api/activation/code"
REQUESTED = "other-app"
OTP = "12345678"
ORDER = {"requestObject": {"applicationId": REQUESTED, "otp": OTP}}

REFUSED = refusal(400, "ACTIVATION_CODE_FAILED", "Unable to fetch activation code.")

Send = Callable[..., Answer]


def plain(
    phone: Phone,
    body: object = ORDER,
    *,
    factors: SignatureType = PK,
    pin: str = PIN,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask in plain form; bytes are sent as they are."""
    data = to_bytes(body)
    value = phone.sign("POST", RESOURCE_ID, data, factors=factors, pin=pin)
    return phone.server.post(PATH, data, {SIGNATURE_HEADER: value, **(headers or {})})


def encrypted(
    phone: Phone,
    body: object = ORDER,
    *,
    factors: SignatureType = PK,
    pin: str = PIN,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask in an envelope; the answer stays as it came."""
    return opened(phone, body, factors=factors, pin=pin, headers=headers)[0]


def opened(
    phone: Phone,
    body: object = ORDER,
    *,
    factors: SignatureType = PK,
    pin: str = PIN,
    headers: Mapping[str, str] | None = None,
) -> tuple[Answer, bytes | None]:
    """Ask in an envelope, and open that of the answer."""
    return phone.encrypted_post(
        PATH,
        to_bytes(body),
        encryptor=Encryptor.ACTIVATION_GENERIC,
        sign=Signing(RESOURCE_ID, factors, pin),
        headers=headers,
    )


def sealed_order(phone: Phone) -> dict[str, Any]:
    """Give the members of an encrypted order that is not sent yet."""
    request, _ = phone.seal(json.dumps(ORDER).encode(), Encryptor.ACTIVATION_GENERIC)
    return request.to_json()


def spawned(application: Application) -> Activation:
    """Read the only activation of an application."""
    return application.activations.get()


def audit() -> SpawnAudit:
    """Read the only audit record."""
    return SpawnAudit.objects.get()


def nothing_happened(application: Application) -> bool:
    """Tell whether an application has no activation, and no decision was written down."""
    return not SpawnAudit.objects.exists() and not application.activations.exists()
