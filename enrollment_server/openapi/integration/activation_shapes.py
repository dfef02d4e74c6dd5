"""Schemas of activations as a back end reads them: integration-api.md 7.8, 7.11, 7.14."""

from typing import Any

from enrollment_server.openapi.shapes import (
    Schema,
    binary,
    items,
    members,
    moment,
    nullable,
    one_of,
    text,
    whole,
)
from powerauth.models import ActivationState, CommitPhase, OtpValidation

_STATE = one_of(*(state.name for state in ActivationState))
_COMMON: dict[str, Schema] = {
    "activationId": text(),
    "activationStatus": _STATE,
    "blockedReason": nullable(text()),
    "activationName": nullable(text("As the user named it.")),
    "userId": text(),
    "extras": nullable(text()),
    "protocol": nullable(one_of("powerauth", "fido2")),
    "externalId": nullable(text()),
    "platform": nullable(text("What the app says it runs on.")),
    "deviceInfo": nullable(text()),
    "activationFlags": items(text()),
    "applicationId": nullable(text()),
    "failedAttempts": whole(),
    "maxFailedAttempts": whole(),
    "timestampCreated": moment(),
    "timestampLastUsed": moment(),
    "timestampLastChange": nullable(moment()),
    "version": whole("Of the protocol; 0 before the key exchange."),
}
SCHEMAS: dict[str, Schema] = {
    "NewActivation": members(
        {
            "activationId": text(format="uuid"),
            "activationCode": text("What the user scans or types."),
            "activationSignature": binary("Of the code, by the application's master key."),
            "userId": text(),
            "applicationId": text(),
        }
    ),
    "ActivationStatusDetail": members(
        {
            **_COMMON,
            "encryptedStatusBlob": binary(),
            "encryptedStatusBlobNonce": nullable(binary()),
            "activationOtpValidation": one_of(*OtpValidation.values),
            "commitPhase": one_of(*CommitPhase.values),
            "activationCode": nullable(text("While the activation is new.")),
            "activationSignature": nullable(binary("While the activation is new.")),
            "devicePublicKeyFingerprint": nullable(text("What user and bank compare.")),
            "applicationRoles": items(text()),
        }
    ),
    "ActivationListItem": members(
        {
            **_COMMON,
            "applicationName": nullable(text("Always null.")),
            "devicePublicKeyBase64": nullable(binary()),
        }
    ),
    "ActivationChange": members(
        {
            "id": whole(),
            "activationId": text(),
            "activationStatus": _STATE,
            "eventReason": nullable(text()),
            "externalUserId": nullable(text("Who in the bank did it.")),
            "activationName": nullable(text()),
            "timestampCreated": moment(),
            "version": nullable(whole()),
        }
    ),
    "ActivationFlags": members({"activationId": text(), "activationFlags": items(text())}),
    "Blocking": members(
        {"activationId": text(), "activationStatus": _STATE, "blockedReason": nullable(text())}
    ),
    "Unblocking": members({"activationId": text(), "activationStatus": _STATE}),
}

ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
_TIME = "2024-10-24T07:25:28.123+00:00"
EXAMPLE: dict[str, Any] = {
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
}
STATUS_EXAMPLE = {
    **EXAMPLE,
    "encryptedStatusBlob": "19gyYaW5ZhdGMeE2Gi1AmvtGPAxVBTC8lzyKWJnDIPs=",
    "encryptedStatusBlobNonce": None,
    "activationOtpValidation": "NONE",
    "commitPhase": "ON_COMMIT",
    "activationCode": None,
    "activationSignature": None,
    "devicePublicKeyFingerprint": "12345678",
    "applicationRoles": [],
}
ITEM_EXAMPLE = {**EXAMPLE, "applicationName": None, "devicePublicKeyBase64": None}
CHANGE_EXAMPLE = {
    "id": 42,
    "activationId": ID,
    "activationStatus": "BLOCKED",
    "eventReason": None,
    "externalUserId": "clerk",
    "activationName": "Petr's iPhone 7",
    "timestampCreated": _TIME,
    "version": 3,
}
