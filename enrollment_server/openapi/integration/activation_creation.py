"""Activations without a code: integration-api.md 7.3."""

from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.activation_shapes import ID
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import ref
from powerauth.errors import ErrorCode

_MAC = "iF7OIlyHCkNsl1kYHFJ1dl0A3XhZ4Q2fYBTTf4tIpfo="
_ENVELOPE = {
    "encryptedData": "19gyYaW5ZhdGMeE2Gi1Amg==",
    "mac": _MAC,
    "nonce": "hJ2ckOrLKpdnJwQiObvcCA==",
    "timestamp": 1_729_754_728_123,
}

CATALOGUE = Catalogue(
    endpoints={
        "/rest/v3/activation/create": method(
            "Activations",
            "Exchange keys with the phone of a user who is already known",
            ErrorCode.INVALID_REQUEST,
            ErrorCode.NO_MASTER_KEY_PAIR,
            ErrorCode.NO_ACTIVATION_CODE_LEFT,
            ErrorCode.ACTIVATION_EXPIRED,
            ErrorCode.INPUT_FORMAT,
            ErrorCode.APPLICATION_NOT_FOUND,
            ErrorCode.DECRYPTION_FAILED,
            ErrorCode.ACTIVATION_PROPERTIES,
            ErrorCode.TEMPORARY_KEY_MISSING,
            description=(
                "Creates and prepares an activation in one step; it then waits for its commit, at "
                "which `activationOtp` is due if there is one."
            ),
            request={
                "userId": "alice",
                "maxFailureCount": 5,
                "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
                "temporaryKeyId": "8d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11",
                "ephemeralPublicKey": "A0VfMDZ2n7xYcS2xZJ8zqkzM0F6h9gQyP0h0bq4b1m2J",
                **_ENVELOPE,
                "protocolVersion": "3.3",
            },
            result=ref("PreparedActivation"),
            example={
                "activationId": ID,
                "userId": "alice",
                "applicationId": "my-application",
                **_ENVELOPE,
                "activationStatus": "PENDING_COMMIT",
            },
        )
    }
)
