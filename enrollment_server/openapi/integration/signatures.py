"""Signatures online and offline, and their audit: integration-api.md 8."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.activation_shapes import ID
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import (
    Schema,
    binary,
    flag,
    items,
    members,
    moment,
    nullable,
    one_of,
    ref,
    text,
    whole,
)
from powerauth.errors import ErrorCode
from powerauth.models import ActivationState
from powerauth.protocol.v3.signature import SignatureType

_TAG = "Signatures"
_OFFLINE_TAG = "Offline signatures"
_BASE = "/rest/v3/signature/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.ACTIVATION_NOT_FOUND
_STATE = ErrorCode.ACTIVATION_STATE
_TYPE = one_of(*(kind.name for kind in SignatureType))
_STATES = one_of(*(state.name for state in ActivationState))

VERDICT: dict[str, Schema] = {
    "activationId": nullable(text()),
    "activationStatus": nullable(_STATES),
    "blockedReason": nullable(text()),
    "userId": nullable(text()),
    "applicationId": nullable(text()),
    "signatureType": nullable(_TYPE),
    "applicationRoles": items(text()),
    "activationFlags": items(text()),
}
VERDICT_EXAMPLE: dict[str, Any] = {
    "activationId": ID,
    "activationStatus": "ACTIVE",
    "blockedReason": None,
    "userId": "alice",
    "applicationId": "my-application",
    "signatureType": "POSSESSION_KNOWLEDGE",
    "applicationRoles": [],
    "activationFlags": [],
}
_SCHEMAS: dict[str, Schema] = {
    "SignatureVerdict": members(
        {
            "signatureValid": flag(),
            **VERDICT,
            "remainingAttempts": nullable(whole("Null where the signature was not looked at.")),
        }
    ),
    "SignatureAttempt": members(
        {
            "id": whole(),
            "userId": text(),
            "applicationId": text(),
            "activationId": text(),
            "activationCounter": whole("Before the attempt."),
            "activationCtrData": nullable(binary("Before the attempt.")),
            "activationStatus": _STATES,
            "additionalInfo": items(members({"key": text(), "value": text()})),
            "dataBase64": binary(
                "What was verified, with the application secret at its end. Of very long data, the "
                "beginning alone; `additionalInfo` then has its `DATA_SIZE` and `DATA_SHA256`."
            ),
            "signatureVersion": nullable(text("Null of offline signatures.")),
            "signatureType": _TYPE,
            "signature": text(),
            "note": text(),
            "valid": flag(),
            "version": nullable(whole()),
            "timestampCreated": moment(),
        }
    ),
    "OfflineData": members(
        {
            "offlineData": text("The whole text of the QR code."),
            "nonce": binary("Part of what the app signs."),
        }
    ),
}
_DATA = (
    "UE9TVA==&L29wZXJhdGlvbi9hdXRob3JpemU=&hJ2ckOrLKpdnJwQiObvcCA=="
    "&eyJpZCI6IjEyMyIsImRhdGEiOiJBMSJ9"
)
_VERDICT_EXAMPLE = {"signatureValid": True, **VERDICT_EXAMPLE, "remainingAttempts": 5}
_OFFLINE_EXAMPLE = {
    "offlineData": "op-1\nLogin\nPlease confirm\nA2\nB\nhJ2ckOrLKpdnJwQiObvcCA==\n1MEUC",
    "nonce": "hJ2ckOrLKpdnJwQiObvcCA==",
}
_SEED = {"seed": "c2VlZCBvZiBzaXh0ZWVuIQ==", "stepLength": 30}

_ONLINE = {
    f"{_BASE}verify": method(
        _TAG,
        "Verify a signature",
        _INVALID,
        description="The attempt is counted, whatever the answer is.",
        request={
            "activationId": ID,
            "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
            "data": _DATA,
            "signature": "iF7OIlyHCkNsl1kYHFJ1dl0A3XhZ4Q2fYBTTf4tIpfo=",
            "signatureType": "POSSESSION_KNOWLEDGE",
            "signatureVersion": "3.3",
        },
        result=ref("SignatureVerdict"),
        example=_VERDICT_EXAMPLE,
    ),
    f"{_BASE}list": method(
        _TAG,
        "List attempts to sign",
        _INVALID,
        description=(
            "The newest first, in pages; without `pageSize`, of the configured size. The answer "
            "contains application secrets."
        ),
        request={
            "userId": "alice",
            "timestampFrom": "2024-10-01T00:00:00.000+00:00",
            "pageNumber": 0,
            "pageSize": 100,
        },
        result=members({"items": items(ref("SignatureAttempt"))}),
        example={
            "items": [
                {
                    "id": 42,
                    "userId": "alice",
                    "applicationId": "my-application",
                    "activationId": ID,
                    "activationCounter": 7,
                    "activationCtrData": "hJ2ckOrLKpdnJwQiObvcCA==",
                    "activationStatus": "ACTIVE",
                    "additionalInfo": [{"key": "VAULT_UNLOCKED_REASON", "value": "ADD_BIOMETRY"}],
                    "dataBase64": "UE9TVCYuLi4mU3psczc=",
                    "signatureVersion": "3.3",
                    "signatureType": "POSSESSION_KNOWLEDGE",
                    "signature": "iF7OIlyHCkNsl1kYHFJ1dl0A3XhZ4Q2fYBTTf4tIpfo=",
                    "note": "signature_ok",
                    "valid": True,
                    "version": 3,
                    "timestampCreated": "2024-10-24T07:25:28.123+00:00",
                }
            ]
        },
    ),
    f"{_BASE}ecdsa/verify": method(
        _TAG,
        "Verify a signature by the key of a device",
        _INVALID,
        request={
            "activationId": ID,
            "data": "Y29udHJhY3Q=",
            "signature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
            "signatureFormat": "DER",
        },
        result=members({"signatureValid": flag()}),
        example={"signatureValid": False},
    ),
    f"{_BASE}ecdsa/sign": method(
        _TAG,
        "Sign by the server key of an activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        request={"activationId": ID, "data": "Y29udHJhY3Q="},
        result=members({"signature": binary("DER.")}),
        example={"signature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ"},
    ),
}
_OFFLINE = {
    f"{_BASE}offline/personalized/create": method(
        _OFFLINE_TAG,
        "Make the QR code for one activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        request={
            "activationId": ID,
            "data": "op-1\nPayment\nPlease confirm\nA1*A100CZK*ICZ1\nB",
            "proximityCheck": _SEED,
        },
        result=ref("OfflineData"),
        example=_OFFLINE_EXAMPLE,
    ),
    f"{_BASE}offline/non-personalized/create": method(
        _OFFLINE_TAG,
        "Make the QR code for every user of an application",
        _INVALID,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.NO_MASTER_KEY_PAIR,
        request={
            "applicationId": "my-application",
            "data": "op-1\nLogin\nPlease confirm\nA2\nB",
        },
        result=ref("OfflineData"),
        example=_OFFLINE_EXAMPLE,
    ),
    f"{_BASE}offline/verify": method(
        _OFFLINE_TAG,
        "Verify an offline signature",
        _INVALID,
        description="All codes, factors and counter values together are one attempt.",
        request={
            "activationId": ID,
            "data": _DATA,
            "signature": "12345678-87654321",
            "allowBiometry": True,
            "proximityCheck": {**_SEED, "stepCount": 1},
        },
        result=ref("SignatureVerdict"),
        example=_VERDICT_EXAMPLE,
    ),
}

CATALOGUE = Catalogue(schemas=_SCHEMAS, endpoints={**_ONLINE, **_OFFLINE})
