"""Signatures of requests and their audit: integration-api.md 8.1, 8.2 and 8.4."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.engine.signatures import key_pairs, signature_audit, signatures
from powerauth.engine.signatures.key_pairs import Kind
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import examples, verdicts
from powerauth.integration.cryptography.inputs import CompleteInput, signed_request
from powerauth.integration.cryptography.verdicts import SignatureAttempt, SignatureVerdict
from powerauth.integration.inputs.fields import Binary, EnumField, Number, Text
from powerauth.integration.inputs.paging import PageInput
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.words import method
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.signature import SignatureType

_TAG = "Signatures"
AUDIT_DESCRIPTION = (
    "The newest first, in pages; without `pageSize`, of the configured size. The answer contains "
    "application secrets."
)
AUDIT_EXAMPLE = {
    "userId": "alice",
    "timestampFrom": "2024-10-01T00:00:00.000+00:00",
    "pageNumber": 0,
    "pageSize": 100,
}


class EcdsaFormat(Enum):
    """How a signature of a key pair is written."""

    DER = "DER"
    JOSE = "JOSE"


class VerifyInput(CompleteInput):
    """A signature, and the base string that it covers together with the application secret.

    `forcedSignatureVersion` matters to activations of version 2 only, of which there are none.
    """

    activation_id = Text(needed=True)
    application_key = Text(needed=True)
    data = Text(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text(needed=True)
    signature_type = EnumField(SignatureType, needed=True)
    signature_version = Text(needed=True)
    forced_signature_version = Number()


class EcdsaVerifyInput(CompleteInput):
    """Data, and its signature by the key of a device."""

    activation_id = Text(needed=True)
    data = Binary(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text(needed=True)
    signature_format = EnumField(EcdsaFormat)


class EcdsaSignInput(CompleteInput):
    """Data to sign by the server key of an activation."""

    activation_id = Text(needed=True)
    data = Binary(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass


class AuditInput(PageInput):
    """Whose attempts, between which moments, and which page of them."""

    user_id = Text(needed=True)
    application_id = Text()
    timestamp_from = FlexibleDateTime()
    timestamp_to = FlexibleDateTime()


class SignatureValidity(TypedDict):
    """Whether a signature is valid."""

    signatureValid: bool


class ServerSignature(TypedDict):
    """A signature by the server key of an activation."""

    signature: Annotated[Base64, Shape("DER.")]


class SignatureAttempts(TypedDict):
    """A page of attempts to sign."""

    items: list[SignatureAttempt]


class VerifyView(IntegrationView):
    """`signature/verify`; the attempt is counted whatever the answer is."""

    endpoint = method(
        _TAG,
        "Verify a signature",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        description="The attempt is counted, whatever the answer is.",
        request={
            "activationId": examples.ACTIVATION_ID,
            "applicationKey": examples.APPLICATION_KEY,
            "data": examples.SIGNED_DATA,
            "signature": examples.MAC,
            "signatureType": "POSSESSION_KNOWLEDGE",
            "signatureVersion": "3.3",
        },
        example=examples.SIGNATURE_VERDICT,
    )
    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureVerdict:
        signed = signed_request(body, body["data"], tree=self.tree)
        return verdicts.signature(signatures.verify_online(signed, at=at))


class EcdsaVerifyView(IntegrationView):
    """`signature/ecdsa/verify`; what is no signature is not valid."""

    endpoint = method(
        _TAG,
        "Verify a signature by the key of a device",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.VERSION_NOT_SUPPORTED,
        request={
            "activationId": examples.ACTIVATION_ID,
            "data": "Y29udHJhY3Q=",
            "signature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
            "signatureFormat": "DER",
        },
        example={"signatureValid": False},
    )
    input_class = EcdsaVerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureValidity:
        jose = body["signature_format"] is EcdsaFormat.JOSE
        try:
            signature = b64d(body["signature"])
        except ProtocolError:
            return {"signatureValid": False}
        valid = key_pairs.verify(body["activation_id"], body["data"], signature, jose=jose)
        return {"signatureValid": valid}


class EcdsaSignView(IntegrationView):
    """`signature/ecdsa/sign`."""

    endpoint = method(
        _TAG,
        "Sign by the server key of an activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        request={"activationId": examples.ACTIVATION_ID, "data": "Y29udHJhY3Q="},
        example={"signature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ"},
    )
    input_class = EcdsaSignInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ServerSignature:
        return {"signature": b64(key_pairs.sign(body["activation_id"], body["data"])[Kind.ECDSA])}


class AuditView(IntegrationView):
    """`signature/list`; its answer contains application secrets."""

    endpoint = method(
        _TAG,
        "List attempts to sign",
        ErrorCode.INVALID_REQUEST,
        description=AUDIT_DESCRIPTION,
        request=AUDIT_EXAMPLE,
        example={"items": [examples.SIGNATURE_ATTEMPT]},
    )
    input_class = AuditInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> SignatureAttempts:
        found = signature_audit.of_user(
            body["user_id"],
            application_id=body["application_id"],
            since=body["timestamp_from"],
            until=body["timestamp_to"],
            page=AuditInput.page(body),
        )
        return {"items": [verdicts.audit_item(attempt) for attempt in found]}
