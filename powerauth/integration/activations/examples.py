"""Activations as the documents show them; codes, signatures and keys are made up."""

from datetime import UTC, datetime

from powerauth.integration.activations.answers import (
    ActivationChange,
    ActivationDetail,
    ActivationFlags,
    ActivationListItem,
    ActivationStatusDetail,
    DescribedActivation,
)

ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
BY_ID = {"activationId": ID}
BY_CLERK = {"activationId": ID, "externalUserId": "clerk"}
_TIME = datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)
_ACTIVATION: DescribedActivation = {
    "activationId": ID,
    "activationStatus": "ACTIVE",
    "blockedReason": None,
    "activationName": "Petr's iPhone 7",
    "userId": "alice",
    "extras": None,
    "protocol": "powerauth",
    "externalId": None,
    "platform": "ios",
    "deviceInfo": "iPhone14,5",
    "activationFlags": [],
    "applicationId": "my-application",
    "failedAttempts": 0,
    "maxFailedAttempts": 5,
    "timestampCreated": _TIME,
    "timestampLastUsed": _TIME,
    "timestampLastChange": _TIME,
    "version": 3,
    "parentActivationId": None,
    "transferType": None,
}
DETAIL: ActivationDetail = {
    **_ACTIVATION,
    "activationOtpValidation": "NONE",
    "commitPhase": "ON_COMMIT",
    "activationCode": None,
    "activationSignature": None,
    "devicePublicKeyFingerprint": "12345678",
    "applicationRoles": [],
}
STATUS: ActivationStatusDetail = {
    **DETAIL,
    "encryptedStatusBlob": "19gyYaW5ZhdGMeE2Gi1AmvtGPAxVBTC8lzyKWJnDIPs=",
    "encryptedStatusBlobNonce": None,
}
LIST_ITEM: ActivationListItem = {
    **_ACTIVATION,
    "applicationName": None,
    "devicePublicKeyBase64": None,
}
CHANGE: ActivationChange = {
    "id": 42,
    "activationId": ID,
    "activationStatus": "BLOCKED",
    "eventReason": None,
    "externalUserId": "clerk",
    "activationName": "Petr's iPhone 7",
    "timestampCreated": _TIME,
    "version": 3,
}
FLAGS: ActivationFlags = {"activationId": ID, "activationFlags": ["PREMIUM"]}
