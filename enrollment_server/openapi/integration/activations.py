"""Activations and their flags: integration-api.md 7."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.integration.activation_shapes import (
    CHANGE_EXAMPLE,
    ID,
    ITEM_EXAMPLE,
    SCHEMAS,
    STATUS_EXAMPLE,
)
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import flag, items, members, ref, text
from powerauth.errors import ErrorCode

_TAG = "Activations"
_FLAGS_TAG = "Activation flags"
_BASE = "/rest/v3/activation/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.ACTIVATION_NOT_FOUND
_STATE = ErrorCode.ACTIVATION_STATE
_BY_CLERK = {"activationId": ID, "externalUserId": "clerk"}


def _done(name: str) -> dict[str, Any]:
    """Describe an answer that only says that it was done."""
    return {
        "result": members({"activationId": text(), name: flag()}),
        "example": {"activationId": ID, name: True},
    }


def _flags(summary: str, *, changes: bool = True) -> Endpoint:
    request: dict[str, Any] = {"activationId": ID}
    return method(
        _FLAGS_TAG,
        summary,
        _INVALID,
        _UNKNOWN,
        request={**request, "activationFlags": ["PREMIUM"]} if changes else request,
        result=ref("ActivationFlags"),
        example={"activationId": ID, "activationFlags": ["PREMIUM"]},
    )


_LIFE = {
    f"{_BASE}init": method(
        _TAG,
        "Begin an activation",
        _INVALID,
        ErrorCode.NO_APPLICATION_ID,
        ErrorCode.NO_MASTER_KEY_PAIR,
        ErrorCode.NO_ACTIVATION_CODE_LEFT,
        ErrorCode.APPLICATION_NOT_FOUND,
        ErrorCode.ACTIVATION_PROPERTIES,
        description="The user scans or types the code; code and signature make the QR code.",
        request={
            "userId": "alice",
            "applicationId": "my-application",
            "commitPhase": "ON_KEY_EXCHANGE",
        },
        result=ref("NewActivation"),
        example={
            "activationId": ID,
            "activationCode": "AAAAA-BBBBB-CCCCC-DDDDD",
            "activationSignature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
            "userId": "alice",
            "applicationId": "my-application",
        },
    ),
    f"{_BASE}commit": method(
        _TAG,
        "Commit a pending activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.INVALID_OTP,
        request=_BY_CLERK,
        **_done("activated"),
    ),
    f"{_BASE}otp/update": method(
        _TAG,
        "Replace the OTP of a pending activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        ErrorCode.OTP_MODE,
        request={**_BY_CLERK, "activationOtp": "12345678"},
        **_done("updated"),
    ),
    f"{_BASE}remove": method(
        _TAG, "Remove an activation", _INVALID, _UNKNOWN, request=_BY_CLERK, **_done("removed")
    ),
    f"{_BASE}block": method(
        _TAG,
        "Block an activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        request={**_BY_CLERK, "reason": "LOST_PHONE"},
        result=ref("Blocking"),
        example={
            "activationId": ID,
            "activationStatus": "BLOCKED",
            "blockedReason": "LOST_PHONE",
        },
    ),
    f"{_BASE}unblock": method(
        _TAG,
        "Unblock an activation",
        _INVALID,
        _UNKNOWN,
        _STATE,
        request=_BY_CLERK,
        result=ref("Unblocking"),
        example={"activationId": ID, "activationStatus": "ACTIVE"},
    ),
}
_READS = {
    f"{_BASE}status": method(
        _TAG,
        "Read the status of an activation",
        _INVALID,
        description="An unknown activation is reported as removed.",
        request={"activationId": ID},
        result=ref("ActivationStatusDetail"),
        example=STATUS_EXAMPLE,
    ),
    f"{_BASE}list": method(
        _TAG,
        "List the activations of a user",
        _INVALID,
        request={"userId": "alice", "pageNumber": 0, "pageSize": 100},
        result=members({"userId": text(), "activations": items(ref("ActivationListItem"))}),
        example={"userId": "alice", "activations": [ITEM_EXAMPLE]},
    ),
    f"{_BASE}history": method(
        _TAG,
        "List what happened to an activation",
        _INVALID,
        request={"activationId": ID, "timestampFrom": "2024-10-01T00:00:00.000+00:00"},
        result=members({"items": items(ref("ActivationChange"))}),
        example={"items": [CHANGE_EXAMPLE]},
    ),
}
_FLAGS = {
    f"{_BASE}flags/list": _flags("List the flags of an activation", changes=False),
    f"{_BASE}flags/create": _flags("Add flags that are missing"),
    f"{_BASE}flags/update": _flags("Replace all flags"),
    f"{_BASE}flags/remove": _flags("Remove flags that are there"),
}

CATALOGUE = Catalogue(schemas=SCHEMAS, endpoints={**_LIFE, **_READS, **_FLAGS})
