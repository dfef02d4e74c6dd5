"""Decisions about operations, online and offline: integration-api.md 13, mobile-token-api.md 13."""

from collections.abc import Mapping
from typing import Any

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.integration.methods import method, refused
from enrollment_server.openapi.integration.operations import OPERATION_EXAMPLE
from enrollment_server.openapi.shapes import (
    Schema,
    flag,
    members,
    nullable,
    one_of,
    ref,
    text,
    whole,
)
from operations.values import Result
from powerauth.errors import ErrorCode
from powerauth.models import ActivationState
from powerauth.qr_code import ImageFormat

_TAG = "Operations"
_OFFLINE_TAG = "Offline approval"
_BASE = "/rest/v3/operation/"
_ID = OPERATION_EXAMPLE["id"]
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.OPERATION_NOT_FOUND
_UNKNOWN_APPLICATION = ErrorCode.APPLICATION_NOT_FOUND
_ACTIVATION_ID = "0e9d2a9f-6b1c-4d0f-9d0f-0d8a1c0a8d3e"
_APPROVED: dict[str, Any] = {
    **OPERATION_EXAMPLE,
    "status": "APPROVED",
    "timestampFinalized": "2024-10-24T07:26:01.500+00:00",
}
_NONCE = "AD8bOO0Df73kNaIGb3Vmpg=="
_OFFLINE_DATA = (
    f"{_ID}\nPayment\nPlease confirm this payment\n{OPERATION_EXAMPLE['data']}\nB\n{_NONCE}\n"
    "1MEYCIQDby1Uq+MaxiAAGzKmE/McHzNOUrvAP2qqGBvSgcdtyjgIhAMo1sgqNa1pPZTFBhhK9"
)
_WANTED = {"operationId": _ID, "activationId": _ACTIVATION_ID, "language": "en"}
_OFFLINE_REFUSALS = (
    _INVALID,
    _UNKNOWN,
    ErrorCode.OPERATION_STATE,
    ErrorCode.OPERATION_NOT_APPROVABLE,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)
_QR_REFUSALS = (*_OFFLINE_REFUSALS, _UNKNOWN_APPLICATION, ErrorCode.NO_MASTER_KEY_PAIR)
_QR_RULES = (
    "For an `activationId`, signed with its key, or for everybody in an `applicationId`, signed "
    "with the master key of the application; exactly one of them is needed. An operation with a "
    "proximity check needs an activation, and its text is as short-lived as the code in it. All "
    "texts of an operation have one nonce, so that the code for any of them is accepted."
)


def _outcome(*results: Result) -> dict[str, Schema]:
    return {
        "result": one_of(*(result.value for result in results)),
        "operation": ref("BankOperation"),
    }


def _example(result: Result, operation: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": result.value, "operation": dict(operation)}


_APPROVAL = _outcome(Result.APPROVED, Result.APPROVAL_FAILED, Result.OPERATION_FAILED)

_ENDPOINTS: dict[str, Endpoint] = {
    f"{_BASE}approve": method(
        _TAG,
        "Approve an operation",
        _INVALID,
        ErrorCode.OPERATION_NOT_APPROVABLE,
        _UNKNOWN_APPLICATION,
        description="The caller has verified the signature. An approval that does not fit the "
        "operation is a failed attempt, which is counted and answered with 200.",
        request={
            "operationId": _ID,
            "userId": "alice",
            "applicationId": "my-application",
            "data": OPERATION_EXAMPLE["data"],
            "signatureType": "POSSESSION_KNOWLEDGE",
            "additionalData": {"ipAddress": "203.0.113.7"},
        },
        result=members(_APPROVAL),
        example=_example(Result.APPROVED, _APPROVED),
    ),
    f"{_BASE}approve/fail": method(
        _TAG,
        "Count a failed attempt to approve",
        _INVALID,
        _UNKNOWN,
        ErrorCode.OPERATION_STATE,
        description="The last attempt that is left makes the operation fail.",
        request={"operationId": _ID, "additionalData": {"ipAddress": "203.0.113.7"}},
        result=members(_outcome(Result.APPROVAL_FAILED, Result.OPERATION_FAILED)),
        example=_example(Result.APPROVAL_FAILED, {**OPERATION_EXAMPLE, "failureCount": 1}),
    ),
    f"{_BASE}reject": method(
        _TAG,
        "Reject an operation",
        _INVALID,
        ErrorCode.OPERATION_NOT_REJECTABLE,
        _UNKNOWN_APPLICATION,
        description="`REJECT_FAILED` tells that it is another user's or another application's; "
        "then nothing changes.",
        request={"operationId": _ID, "userId": "alice", "applicationId": "my-application"},
        result=members(_outcome(Result.REJECTED, Result.REJECT_FAILED)),
        example=_example(Result.REJECTED, {**_APPROVED, "status": "REJECTED"}),
    ),
    f"{_BASE}offline/create": method(
        _OFFLINE_TAG,
        "Make the text of a QR code for an operation",
        *_QR_REFUSALS,
        description=_QR_RULES,
        request=_WANTED,
        result=members(
            {
                "operationId": text(),
                "offlineData": text("The whole text of the QR code."),
                "nonce": text("Base64 of 16 bytes, the same for each text of the operation."),
            }
        ),
        example={"operationId": _ID, "offlineData": _OFFLINE_DATA, "nonce": _NONCE},
    ),
    f"{_BASE}offline/qr": Endpoint(
        tag=_OFFLINE_TAG,
        summary="Draw the QR code for an operation",
        description=f"The answer is the image itself, PNG unless SVG is asked for. {_QR_RULES}",
        example={"requestObject": {**_WANTED, "format": "SVG"}},
        images=tuple(image_format.value for image_format in ImageFormat),
        refusals=refused(_QR_REFUSALS),
    ),
    f"{_BASE}offline/approve": method(
        _OFFLINE_TAG,
        "Approve an operation by the code that its user typed",
        *_OFFLINE_REFUSALS,
        description="The code stands in `signature` or in `code`, its digits in any groups. A "
        "wrong one is counted on the operation and on the activation, and answered with 200; a "
        "refusal counts nothing.",
        request={
            "operationId": _ID,
            "activationId": _ACTIVATION_ID,
            "code": "1234-5678-9012-3456",
        },
        result=members(
            {
                **_APPROVAL,
                "signatureValid": flag(),
                "activationStatus": one_of(*ActivationState.names),
                "blockedReason": nullable(text()),
                "remainingAttempts": whole("Of the activation."),
            }
        ),
        example={
            **_example(Result.APPROVED, _APPROVED),
            "signatureValid": True,
            "activationStatus": "ACTIVE",
            "blockedReason": None,
            "remainingAttempts": 5,
        },
    ),
}

CATALOGUE = Catalogue(endpoints=_ENDPOINTS)
