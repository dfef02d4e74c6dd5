"""Encrypted requests and tokens: integration-api.md 7.2 and 9."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.integration.activation_shapes import ID
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.integration.signatures import VERDICT, VERDICT_EXAMPLE
from enrollment_server.openapi.shapes import (
    Schema,
    binary,
    flag,
    members,
    nullable,
    one_of,
    ref,
    text,
    whole,
)
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused
from powerauth.models import ActivationState

_TAG = "Encryption"
_TOKENS_TAG = "Tokens"
_BASE = "/rest/v3/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.ACTIVATION_NOT_FOUND
_STATE = ErrorCode.ACTIVATION_STATE
_APPLICATION = ErrorCode.APPLICATION_NOT_FOUND
_OPENING = (
    ErrorCode.TEMPORARY_KEY_MISSING,
    ErrorCode.DECRYPTION_FAILED,
)

_ENVELOPE: dict[str, Schema] = {
    "encryptedData": nullable(binary()),
    "mac": nullable(binary()),
    "nonce": nullable(binary("Null before version 3.2.")),
    "timestamp": nullable(whole("Milliseconds since 1970; null before version 3.2.")),
}
_SCHEMAS: dict[str, Schema] = {
    "EncryptedAnswer": members(_ENVELOPE),
    "PreparedActivation": members(
        {
            "activationId": text(),
            "userId": text(),
            "applicationId": text(),
            **_ENVELOPE,
            "activationStatus": one_of(*(state.name for state in ActivationState)),
        }
    ),
    "EnvelopeSecrets": members(
        {
            "secretKey": binary("48 bytes: encryption, MAC and IV key."),
            "sharedInfo2": binary("32 bytes that every MAC depends on."),
        }
    ),
    "UnlockedVault": members({**_ENVELOPE, "signatureValid": flag()}),
    "TokenVerdict": members({"tokenValid": flag(), **VERDICT}),
}
_NONCE = "hJ2ckOrLKpdnJwQiObvcCA=="
_KEY = "w4+hAeogFLTZjcSjPwbG2g=="
_MAC = "iF7OIlyHCkNsl1kYHFJ1dl0A3XhZ4Q2fYBTTf4tIpfo="
_TIME = 1_729_754_728_123
_PARAMETERS = {
    "applicationKey": _KEY,
    "temporaryKeyId": "8d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11",
    "ephemeralPublicKey": "A0VfMDZ2n7xYcS2xZJ8zqkzM0F6h9gQyP0h0bq4b1m2J",
    "nonce": _NONCE,
    "timestamp": _TIME,
}
_REQUEST = {**_PARAMETERS, "encryptedData": "19gyYaW5ZhdGMeE2Gi1Amg==", "mac": _MAC}
_VERSIONED = {**_REQUEST, "protocolVersion": "3.3"}
_ANSWER: dict[str, Any] = {
    "encryptedData": "19gyYaW5ZhdGMeE2Gi1Amg==",
    "mac": _MAC,
    "nonce": _NONCE,
    "timestamp": _TIME,
}
_JWT = {"jwt": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"}


def _only_refused(summary: str, *codes: ErrorCode, request: dict[str, Any]) -> Endpoint:
    """Describe a method that never succeeds."""
    return Endpoint(
        tag=_TAG,
        summary=summary,
        description="No activation is of version 2: it always refuses.",
        example={"requestObject": request},
        refusals=tuple(CallRefused(EngineRefusal(code)) for code in codes),
    )


_METHODS = {
    f"{_BASE}activation/prepare": method(
        "Activations",
        "Exchange keys with the phone that has an activation code",
        _INVALID,
        _UNKNOWN,
        *_OPENING,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.NO_MASTER_KEY_PAIR,
        ErrorCode.INPUT_FORMAT,
        ErrorCode.INVALID_OTP,
        request={"activationCode": "AAAAA-BBBBB-CCCCC-DDDDD", **_VERSIONED},
        result=ref("PreparedActivation"),
        example={
            "activationId": ID,
            "userId": "alice",
            "applicationId": "my-application",
            **_ANSWER,
            "activationStatus": "PENDING_COMMIT",
        },
    ),
    f"{_BASE}ecies/decryptor": method(
        _TAG,
        "Give the keys of a request that the caller decrypts itself",
        _INVALID,
        _UNKNOWN,
        _STATE,
        _APPLICATION,
        *_OPENING,
        ErrorCode.NO_MASTER_KEY_PAIR,
        description="Once for each request. Without `activationId`: in application scope.",
        request={"activationId": ID, **_PARAMETERS, "protocolVersion": "3.3"},
        result=ref("EnvelopeSecrets"),
        example={
            "secretKey": "bm90IGEgcmVhbCBrZXkgYnV0IGZvcnR5LWVpZ2h0IGJ5dGVzIG9mIHRleHQsIG9r",
            "sharedInfo2": _MAC,
        },
    ),
    f"{_BASE}keystore/create": method(
        _TAG,
        "Create a temporary key",
        _INVALID,
        _UNKNOWN,
        _APPLICATION,
        ErrorCode.NO_MASTER_KEY_PAIR,
        request=_JWT,
        result=members({"jwt": text()}),
        example=_JWT,
    ),
    f"{_BASE}keystore/remove": method(
        _TAG,
        "Remove a temporary key",
        _INVALID,
        request={"id": _PARAMETERS["temporaryKeyId"]},
        result=members({"id": text(), "removed": flag()}),
        example={"id": _PARAMETERS["temporaryKeyId"], "removed": True},
    ),
    f"{_BASE}vault/unlock": method(
        _TAG,
        "Verify a signature and give the key of the vault",
        _INVALID,
        ErrorCode.INVALID_SIGNATURE,
        *_OPENING,
        ErrorCode.INPUT_FORMAT,
        description="The attempt is counted. `signatureVersion` is the version of the envelope.",
        request={
            "activationId": ID,
            **_REQUEST,
            "signedData": "UE9TVA==&L3BhL3ZhdWx0L3VubG9jaw==&hJ2ckOrLKpdnJwQiObvcCA==&e30=",
            "signature": _MAC,
            "signatureType": "POSSESSION_KNOWLEDGE",
            "signatureVersion": "3.3",
        },
        result=ref("UnlockedVault"),
        example={**_ANSWER, "signatureValid": True},
    ),
    f"{_BASE}upgrade/start": _only_refused(
        "Begin an upgrade of an activation",
        _INVALID,
        ErrorCode.DECRYPTION_FAILED,
        _UNKNOWN,
        _STATE,
        request={"activationId": ID, **_VERSIONED},
    ),
    f"{_BASE}upgrade/commit": _only_refused(
        "End an upgrade of an activation",
        ErrorCode.DECRYPTION_FAILED,
        _UNKNOWN,
        _STATE,
        request={"activationId": ID, "applicationKey": _KEY},
    ),
}
_TOKENS = {
    f"{_BASE}token/create": method(
        _TOKENS_TAG,
        "Create a token",
        _INVALID,
        _UNKNOWN,
        _STATE,
        _APPLICATION,
        *_OPENING,
        request={"activationId": ID, **_VERSIONED, "signatureType": "POSSESSION"},
        result=ref("EncryptedAnswer"),
        example=_ANSWER,
    ),
    f"{_BASE}token/validate": method(
        _TOKENS_TAG,
        "Validate the digest of a token",
        _INVALID,
        ErrorCode.TIMESTAMP_TOO_OLD,
        ErrorCode.TIMESTAMP_IN_FUTURE,
        request={
            "tokenId": "8d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11",
            "tokenDigest": _MAC,
            "nonce": _NONCE,
            "protocolVersion": "3.3",
            "timestamp": _TIME,
        },
        result=ref("TokenVerdict"),
        example={"tokenValid": True, **VERDICT_EXAMPLE},
    ),
    f"{_BASE}token/remove": method(
        _TOKENS_TAG,
        "Remove a token",
        _INVALID,
        request={"tokenId": "8d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11", "activationId": ID},
        result=members({"removed": flag()}),
        example={"removed": True},
    ),
}

CATALOGUE = Catalogue(schemas=_SCHEMAS, endpoints={**_METHODS, **_TOKENS})
