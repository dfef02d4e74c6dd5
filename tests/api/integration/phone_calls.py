"""What a back end passes on of requests that real phones made."""

from typing import Any

from powerauth.models import Activation
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor, Envelope
from powerauth.protocol.v3.headers import TokenHeader
from powerauth.protocol.v3.signature import SignatureType, normalize_request
from tests.bank import PIN

RESOURCE = "/operation/authorize"
PK = SignatureType.POSSESSION_KNOWLEDGE
WRONG_PIN = "9999"


def signed(
    phone: Phone,
    body: bytes = b"{}",
    *,
    factors: SignatureType = PK,
    pin: str = PIN,
    resource_id: str = RESOURCE,
) -> dict[str, Any]:
    """Sign a request, and give the members of `signature/verify`."""
    header = phone.signature_header("POST", resource_id, body, factors=factors, pin=pin)
    return {
        "activationId": header.activation_id,
        "applicationKey": header.application_key,
        "data": normalize_request("POST", resource_id, header.nonce, body).decode(),
        "signature": header.signature,
        "signatureType": header.signature_type.name,
        "signatureVersion": header.version,
    }


def sealed(
    phone: Phone, encryptor: Encryptor, plaintext: bytes = b"{}"
) -> tuple[dict[str, Any], Envelope]:
    """Encrypt a request; give its members with the application key, and what opens the answer."""
    request, envelope = phone.seal(plaintext, encryptor)
    assert isinstance(envelope, Envelope)
    members = {
        **request.to_json(),
        "applicationKey": phone.application_key,
        "protocolVersion": phone.version,
    }
    return members, envelope


def digest(phone: Phone, **options: Any) -> dict[str, Any]:
    """Use the phone's token, and give the members of `token/validate`."""
    header = TokenHeader.parse(phone.token_header(phone.usual_token(), **options))
    from_wire = dict(
        part.split("=", 1) for part in header.format().removeprefix("PowerAuth ").split(", ")
    )
    texts = {name: value.strip('"') for name, value in from_wire.items()}
    return {
        "tokenId": texts["token_id"],
        "tokenDigest": texts["token_digest"],
        "nonce": texts["nonce"],
        "protocolVersion": texts["version"],
        "timestamp": header.timestamp,
    }


def attempts(phone: Phone) -> tuple[int, int]:
    """Give the server's counter and failed attempts of a phone's activation."""
    row = Activation.objects.get(id=phone.activation_id)
    return row.counter, row.failed_attempts
