"""What the methods tell about signatures and tokens: integration-api.md 8.1, 8.4 and 9.3."""

from typing import Any

from powerauth.engine.signatures.signature_audit import AuditedSignature
from powerauth.integration.activations.answers import state_name
from powerauth.models import ActivationState
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import ActivationFacts, SignatureVerdict, TokenVerdict

_NOTHING = ActivationFacts(activation_id="", state="")


def _described(activation: ActivationFacts, signature_type: SignatureType | None) -> dict[str, Any]:
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


def signature(verdict: SignatureVerdict) -> dict[str, Any]:
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


def token(verdict: TokenVerdict) -> dict[str, Any]:
    """Give the answer to a token digest; nothing is told of a token that does not exist."""
    if verdict.activation is None:
        unknown = dict.fromkeys(("activationId", "activationStatus"))
        return {"tokenValid": False, **_described(_NOTHING, None), **unknown}
    return {"tokenValid": verdict.valid, **_described(verdict.activation, verdict.signature_type)}


def audit_item(audited: AuditedSignature) -> dict[str, Any]:
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
