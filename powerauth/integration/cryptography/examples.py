"""Examples for the documents of these methods; keys, codes and digests are made up."""

from datetime import datetime
from typing import Any

from powerauth.integration.cryptography.answers import EncryptedAnswer, PreparedActivation
from powerauth.integration.cryptography.verdicts import SignatureAttempt, SignatureVerdict, Signer

ACTIVATION_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
KEY_ID = "8d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11"
APPLICATION_KEY = "w4+hAeogFLTZjcSjPwbG2g=="
NONCE = "hJ2ckOrLKpdnJwQiObvcCA=="
MAC = "iF7OIlyHCkNsl1kYHFJ1dl0A3XhZ4Q2fYBTTf4tIpfo="
TIMESTAMP = 1_729_754_728_123
JWT = {"jwt": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"}
_ENCRYPTED = "19gyYaW5ZhdGMeE2Gi1Amg=="

PARAMETERS = {
    "applicationKey": APPLICATION_KEY,
    "temporaryKeyId": KEY_ID,
    "ephemeralPublicKey": "A0VfMDZ2n7xYcS2xZJ8zqkzM0F6h9gQyP0h0bq4b1m2J",
    "nonce": NONCE,
    "timestamp": TIMESTAMP,
}
ENVELOPE = {**PARAMETERS, "encryptedData": _ENCRYPTED, "mac": MAC}
VERSIONED_ENVELOPE = {**ENVELOPE, "protocolVersion": "3.3"}
ENCRYPTED_ANSWER: EncryptedAnswer = {
    "encryptedData": _ENCRYPTED,
    "mac": MAC,
    "nonce": NONCE,
    "timestamp": TIMESTAMP,
}
PREPARED_ACTIVATION: PreparedActivation = {
    "activationId": ACTIVATION_ID,
    "userId": "alice",
    "applicationId": "my-application",
    **ENCRYPTED_ANSWER,
    "activationStatus": "PENDING_COMMIT",
}

SIGNED_DATA = (
    "UE9TVA==&L29wZXJhdGlvbi9hdXRob3JpemU=&hJ2ckOrLKpdnJwQiObvcCA=="
    "&eyJpZCI6IjEyMyIsImRhdGEiOiJBMSJ9"
)
VAULT_REQUEST: dict[str, Any] = {
    "activationId": ACTIVATION_ID,
    **ENVELOPE,
    "signedData": "UE9TVA==&L3BhL3ZhdWx0L3VubG9jaw==&hJ2ckOrLKpdnJwQiObvcCA==&e30=",
    "signature": MAC,
    "signatureType": "POSSESSION_KNOWLEDGE",
    "signatureVersion": "3.3",
}
SIGNER: Signer = {
    "activationId": ACTIVATION_ID,
    "activationStatus": "ACTIVE",
    "blockedReason": None,
    "userId": "alice",
    "applicationId": "my-application",
    "signatureType": "POSSESSION_KNOWLEDGE",
    "applicationRoles": [],
    "activationFlags": [],
}
SIGNATURE_VERDICT: SignatureVerdict = {
    "signatureValid": True,
    **SIGNER,
    "remainingAttempts": 5,
}
SIGNATURE_ATTEMPT: SignatureAttempt = {
    "id": 42,
    "userId": "alice",
    "applicationId": "my-application",
    "activationId": ACTIVATION_ID,
    "activationCounter": 7,
    "activationCtrData": NONCE,
    "activationStatus": "ACTIVE",
    "additionalInfo": [{"key": "VAULT_UNLOCKED_REASON", "value": "ADD_BIOMETRY"}],
    "dataBase64": "UE9TVCYuLi4mU3psczc=",
    "signatureVersion": "3.3",
    "signatureType": "POSSESSION_KNOWLEDGE",
    "signature": MAC,
    "note": "signature_ok",
    "valid": True,
    "version": 3,
    "timestampCreated": datetime.fromisoformat("2024-10-24T07:25:28.123+00:00"),
}
