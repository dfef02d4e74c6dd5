"""Signatures of requests and their audit: integration-api.md 8.1, 8.2 and 8.4."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from powerauth.engine.paging import Page
from powerauth.engine.signatures import ecdsa, signature_audit, signatures
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.cryptography import verdicts
from powerauth.integration.cryptography.inputs import checked_version, require
from powerauth.integration.fields import Binary, EnumField, FlexibleDateTime, Number, Text
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import SignedRequest


class EcdsaFormat(Enum):
    """How a signature of a key pair is written."""

    DER = "DER"
    JOSE = "JOSE"


class VerifyInput(Input):
    """A signature, and the base string that it covers together with the application secret.

    `forcedSignatureVersion` matters to activations of version 2 only, of which there are none.
    """

    activation_id = Text()
    application_key = Text()
    data = Text()  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text()
    signature_type = EnumField(SignatureType)
    signature_version = Text()
    forced_signature_version = Number()


class EcdsaVerifyInput(Input):
    """Data, and its signature by the key of a device."""

    activation_id = Text()
    data = Binary()  # type: ignore[assignment] # taken out of the class by its metaclass
    signature = Text()
    signature_format = EnumField(EcdsaFormat)


class EcdsaSignInput(Input):
    """Data to sign by the server key of an activation."""

    activation_id = Text()
    data = Binary()  # type: ignore[assignment] # taken out of the class by its metaclass


class AuditInput(Input):
    """Whose attempts, between which moments, and which page of them."""

    user_id = Text()
    application_id = Text()
    timestamp_from = FlexibleDateTime()
    timestamp_to = FlexibleDateTime()
    page_number = Number()
    page_size = Number()


class VerifyView(IntegrationView):
    """`signature/verify`; the attempt is counted whatever the answer is."""

    input_class = VerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "activation_id", "application_key", "data")
        require(body, "signature", "signature_type", "signature_version")
        signed = SignedRequest(
            activation_id=body["activation_id"],
            application_key=body["application_key"],
            signature=body["signature"],
            signature_type=body["signature_type"],
            version=checked_version(body["signature_version"], member="signatureVersion"),
            bases=[body["data"].encode()],
        )
        return verdicts.signature(signatures.verify_online(signed, at=at))


class EcdsaVerifyView(IntegrationView):
    """`signature/ecdsa/verify`; what is no signature is not valid."""

    input_class = EcdsaVerifyInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "activation_id", "data", "signature")
        jose = body["signature_format"] is EcdsaFormat.JOSE
        try:
            signature = b64d(body["signature"])
        except ProtocolError:
            return {"signatureValid": False}
        valid = ecdsa.verify(body["activation_id"], body["data"], signature, jose=jose)
        return {"signatureValid": valid}


class EcdsaSignView(IntegrationView):
    """`signature/ecdsa/sign`."""

    input_class = EcdsaSignInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        require(body, "activation_id", "data")
        return {"signature": b64(ecdsa.sign(body["activation_id"], body["data"]))}


class AuditView(IntegrationView):
    """`signature/list`; its answer contains application secrets."""

    input_class = AuditInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        found = signature_audit.of_user(
            body["user_id"],
            application_id=body["application_id"],
            since=body["timestamp_from"],
            until=body["timestamp_to"],
            page=Page.of(body["page_number"], body["page_size"]),
        )
        return {"items": [verdicts.audit_item(attempt) for attempt in found]}
