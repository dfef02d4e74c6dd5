"""Operations on the phone: mobile-token-api.md 4, errors 3.4."""

from enrollment_server.api.errors import NotFound
from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.openapi.endpoints import Catalogue, Endpoint, Refusal
from enrollment_server.openapi.envelopes import (
    OK_EXAMPLE,
    answered,
    asked,
    asked_nothing,
    ok_example,
)
from enrollment_server.openapi.inputs import schema_of
from enrollment_server.openapi.mobile.operation_shapes import EXAMPLE, SCHEMAS
from enrollment_server.openapi.shapes import Schema, items, moment, ref
from operations.errors import (
    ActivationFlagRequired,
    ApplicationNotFound,
    ApprovalImpossible,
    ApprovalRefused,
    EngineUnavailable,
    ForeignOperation,
    OperationAlreadyCanceled,
    OperationAlreadyFailed,
    OperationAlreadyFinished,
    OperationExpired,
    OperationNotFound,
    RejectionImpossible,
    RejectionRefused,
    TemplateNotFound,
    TemplateUnusable,
)
from operations.mobile.serializers import ApproveInput, OperationInput, RejectInput

_TAG = "Operations"
_BASE = "/api/auth/token/app/operation/"
_NOW = moment("Time of the server: UTC, whole seconds.", example="2018-07-02T14:43:14+0000")
_STAMP = {"currentTimestamp": _NOW}
_EXAMPLE_STAMP = {"currentTimestamp": "2018-07-02T14:43:14+0000"}
_BY_ID = {"requestObject": {"id": "7e0ba60f-bf22-4ff5-b999-2733784e5eaa"}}

_ALWAYS: tuple[Refusal, ...] = (NotFound, InvalidActivation, EngineUnavailable)
_STATES: tuple[Refusal, ...] = (
    OperationAlreadyFinished,
    OperationAlreadyFailed,
    OperationAlreadyCanceled,
    OperationExpired,
)
_ONE: tuple[Refusal, ...] = (
    *_ALWAYS,
    *_STATES,
    OperationNotFound,
    ForeignOperation,
    TemplateNotFound,
    TemplateUnusable,
)
_DECISION: tuple[Refusal, ...] = (
    *_ALWAYS,
    *_STATES,
    ApplicationNotFound,
    OperationNotFound,
    ActivationFlagRequired("PREMIUM"),
)


def _approval() -> Schema:
    schema = schema_of(
        ApproveInput,
        data="As the operation had it.",
        proximityCheck="What the app scanned, if the operation asks for it.",
        mobileTokenData="Anything; stored with the operation, up to 64 kB.",
    )
    hints = schema["properties"]["proximityCheck"]["properties"]
    hints["type"] = {"description": "`QR_CODE` or `DEEPLINK`; a hint."}
    hints["timestampReceived"] = {"description": "Date or milliseconds since 1970; a hint."}
    hints["timestampSent"] = {"description": "Date or milliseconds since 1970; a hint."}
    return asked(schema)


CATALOGUE = Catalogue(
    schemas=SCHEMAS,
    endpoints={
        f"{_BASE}list": Endpoint(
            tag=_TAG,
            summary="List what waits for a decision",
            description="Newest first, at most 100.",
            body=asked_nothing(),
            body_required=False,
            example={},
            result=answered(items(ref("Operation")), _STAMP),
            result_example=ok_example([EXAMPLE], **_EXAMPLE_STAMP),
            refusals=(*_ALWAYS, ApplicationNotFound),
            localized=True,
        ),
        f"{_BASE}detail": Endpoint(
            tag=_TAG,
            summary="Show one operation that waits for a decision",
            body=asked(schema_of(OperationInput)),
            example=_BY_ID,
            result=answered(ref("Operation"), _STAMP),
            result_example=ok_example(EXAMPLE, **_EXAMPLE_STAMP),
            refusals=_ONE,
            localized=True,
        ),
        f"{_BASE}detail/claim": Endpoint(
            tag=_TAG,
            summary="Take over an operation that belongs to nobody yet",
            description="Repeating it changes nothing. Of two users, the second is refused.",
            body=asked(schema_of(OperationInput)),
            example=_BY_ID,
            result=answered(ref("Operation"), _STAMP),
            result_example=ok_example(EXAMPLE, **_EXAMPLE_STAMP),
            refusals=_ONE,
            localized=True,
        ),
        f"{_BASE}history": Endpoint(
            tag=_TAG,
            summary="List the user's operations of all states",
            description="Newest first, at most 100.",
            body=asked_nothing(),
            body_required=False,
            example={},
            result=answered(items(ref("Operation"))),
            result_example=ok_example([{**EXAMPLE, "status": "APPROVED"}]),
            refusals=(*_ALWAYS, ApplicationNotFound),
            localized=True,
        ),
        f"{_BASE}authorize": Endpoint(
            tag=_TAG,
            summary="Approve an operation",
            description=(
                "Which factors suffice, the operation says. A refused approval counts; at the "
                "maximum the operation fails."
            ),
            body=_approval(),
            example={
                "requestObject": {
                    "id": "7e0ba60f-bf22-4ff5-b999-2733784e5eaa",
                    "data": EXAMPLE["data"],
                    "proximityCheck": {
                        "otp": "12345678",
                        "type": "QR_CODE",
                        "timestampReceived": "2018-07-02T14:43:13Z",
                        "timestampSent": "2018-07-02T14:43:14Z",
                    },
                }
            },
            result=ref("Success"),
            result_example=OK_EXAMPLE,
            refusals=(*_DECISION, ApprovalImpossible, ApprovalRefused),
        ),
        f"{_BASE}cancel": Endpoint(
            tag=_TAG,
            summary="Reject an operation",
            body=asked(
                schema_of(
                    RejectInput,
                    reason="`UNKNOWN`, `INCORRECT_DATA`, `UNEXPECTED_OPERATION`, or a text.",
                    mobileTokenData="Anything; stored with the operation, up to 64 kB.",
                )
            ),
            example={
                "requestObject": {
                    "id": "7e0ba60f-bf22-4ff5-b999-2733784e5eaa",
                    "reason": "UNEXPECTED_OPERATION",
                }
            },
            result=ref("Success"),
            result_example=OK_EXAMPLE,
            refusals=(*_DECISION, RejectionImpossible, RejectionRefused),
        ),
    },
)
