"""What the methods tell about signatures and tokens: integration-api.md 8.1, 8.4 and 9.3."""

from datetime import datetime
from typing import Annotated, TypedDict

from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth import values
from powerauth.engine.signatures.signature_audit import AuditedSignature
from powerauth.integration.activations.answers import state_name
from powerauth.integration.names import FactorsName, InV4, StateName
from powerauth.models import ActivationState
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import ActivationFacts

_NOBODY = ActivationFacts(activation_id="", state="")


class Signer(TypedDict):
    """Who signed, and with which factors; null is what is not known or not to be told."""

    activationId: str | None
    activationStatus: StateName | None
    blockedReason: str | None
    userId: str | None
    applicationId: str | None
    signatureType: Annotated[FactorsName | None, InV4("authenticationCodeType")]
    applicationRoles: list[str]
    activationFlags: list[str]


class SignatureVerdict(Signer):
    """What came of an attempt to sign."""

    signatureValid: Annotated[bool, InV4("authenticationValid")]
    remainingAttempts: Annotated[int | None, Shape("Null where nothing was compared.")]


class TokenVerdict(Signer):
    """What the digest of a token was worth."""

    tokenValid: bool


class SignatureNote(TypedDict):
    """Something to know about an attempt to sign."""

    key: str
    value: str


class SignatureAttempt(TypedDict):
    """An attempt to sign, with the activation as it was before."""

    id: int
    userId: str
    applicationId: str
    activationId: str
    activationCounter: Annotated[int, Shape("Before the attempt.")]
    activationCtrData: Annotated[Base64 | None, Shape("Before the attempt.")]
    activationStatus: StateName
    additionalInfo: list[SignatureNote]
    dataBase64: Annotated[
        Base64,
        Shape(
            "What was verified, with the application secret at its end. Of very long data, the "
            "beginning alone; `additionalInfo` then has its `DATA_SIZE` and `DATA_SHA256`."
        ),
    ]
    signatureVersion: Annotated[str | None, Shape("Null of offline signatures.")]
    signatureType: FactorsName
    signature: str
    note: str
    valid: bool
    version: int | None
    timestampCreated: datetime


def _described(activation: ActivationFacts, signature_type: SignatureType | None) -> Signer:
    blocked = activation.state == ActivationState.BLOCKED.name
    return {
        "activationId": activation.activation_id,
        "activationStatus": activation.state,
        "blockedReason": (activation.blocked_reason or None) if blocked else None,
        "userId": activation.user_id or None,
        "applicationId": activation.application_id or None,
        "signatureType": signature_type.name if signature_type else None,
        "applicationRoles": sorted(activation.roles),
        "activationFlags": sorted(activation.flags),
    }


def signature(verdict: values.SignatureVerdict) -> SignatureVerdict:
    """Give the answer to a signature.

    Where the signature was not looked at, it holds the activation's identifier and state only.
    """
    facts = verdict.activation
    if not verdict.complete:
        known = ActivationFacts(activation_id=facts.activation_id, state=facts.state)
        return {"signatureValid": False, **_described(known, None), "remainingAttempts": None}
    return {
        "signatureValid": verdict.valid,
        **_described(facts, verdict.signature_type),
        "remainingAttempts": verdict.remaining_attempts,
    }


def token(verdict: values.TokenVerdict) -> TokenVerdict:
    """Give the answer to a token digest; nothing is told of a token that does not exist."""
    if verdict.activation is None:
        signer = _described(_NOBODY, None)
        signer["activationId"] = signer["activationStatus"] = None
        return {"tokenValid": False, **signer}
    return {"tokenValid": verdict.valid, **_described(verdict.activation, verdict.signature_type)}


def audit_item(audited: AuditedSignature) -> SignatureAttempt:
    """Give one attempt to sign, with the activation as it was before."""
    row = audited.row
    ctr_data = bytes(row.activation_ctr_data)
    return {
        "id": row.pk,
        "userId": row.user_id,
        "applicationId": row.application_id,
        "activationId": str(row.activation_id),
        "activationCounter": row.activation_counter,
        "activationCtrData": b64(ctr_data) if ctr_data else None,
        "activationStatus": state_name(row.activation_state),
        "additionalInfo": [
            {"key": key, "value": value} for key, value in sorted(row.additional_info.items())
        ],
        "dataBase64": b64(audited.verified),
        "signatureVersion": row.signature_version or None,
        "signatureType": SignatureType(row.signature_type).name,
        "signature": row.signature,
        "note": row.note,
        "valid": row.valid,
        "version": row.version,
        "timestampCreated": row.created_at,
    }
