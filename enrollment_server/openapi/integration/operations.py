"""Operations and their templates: integration-api.md 12 and 13."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.methods import command, method
from enrollment_server.openapi.shapes import (
    Schema,
    dictionary,
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
from operations.models import OperationStatus
from powerauth.errors import ErrorCode
from powerauth.protocol.v3.signature import SignatureType

_TAG = "Operations"
_TEMPLATES_TAG = "Operation templates"
_BASE = "/rest/v3/operation/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.OPERATION_NOT_FOUND
_UNKNOWN_TEMPLATE = ErrorCode.OPERATION_TEMPLATE_NOT_FOUND
_UNKNOWN_APPLICATION = ErrorCode.APPLICATION_NOT_FOUND
_FACTORS = items(one_of(*(kind.name for kind in SignatureType)), "Any of them suffices.")

_SCHEMAS: dict[str, Schema] = {
    "BankOperation": members(
        {
            "id": text(format="uuid"),
            "userId": nullable(text("Null while it belongs to nobody.")),
            "applications": items(text()),
            "externalId": nullable(text()),
            "activationFlag": nullable(text()),
            "operationType": text(),
            "templateName": text(),
            "data": text("What the user signs."),
            "parameters": dictionary(text()),
            "additionalData": members(description="What came with the decision."),
            "status": one_of(*OperationStatus.values),
            "statusReason": nullable(text()),
            "signatureType": _FACTORS,
            "failureCount": whole(),
            "maxFailureCount": whole(),
            "timestampCreated": moment(),
            "timestampExpires": moment(),
            "timestampFinalized": nullable(moment()),
            "riskFlags": nullable(text()),
            "proximityOtp": nullable(text("Current one, where the method shows it.")),
            "activationId": nullable(text()),
        }
    ),
    "OperationTemplate": members(
        {
            "id": whole(),
            "templateName": text(),
            "operationType": text(),
            "dataTemplate": text(),
            "signatureType": _FACTORS,
            "maxFailureCount": whole(),
            "expiration": whole("Seconds."),
            "riskFlags": nullable(text()),
            "proximityCheckEnabled": flag(),
        }
    ),
}
_ID = "7e0ba60f-bf22-4ff5-b999-2733784e5eaa"
_IBAN = "CZ5508000000001234567899"
OPERATION_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "userId": "alice",
    "applications": ["my-application"],
    "externalId": None,
    "activationFlag": None,
    "operationType": "authorize_payment",
    "templateName": "payment",
    "data": f"A1*A100CZK*I{_IBAN}",
    "parameters": {"amount": "100", "currency": "CZK", "iban": _IBAN},
    "additionalData": {},
    "status": "PENDING",
    "statusReason": None,
    "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
    "failureCount": 0,
    "maxFailureCount": 5,
    "timestampCreated": "2024-10-24T07:25:28.123+00:00",
    "timestampExpires": "2024-10-24T07:30:28.123+00:00",
    "timestampFinalized": None,
    "riskFlags": None,
    "proximityOtp": None,
    "activationId": None,
}
_TEMPLATE_VALUES: dict[str, Any] = {
    "operationType": "authorize_payment",
    "dataTemplate": "A1*A${amount}${currency}*I${iban}",
    "signatureType": ["POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"],
    "maxFailureCount": 5,
    "expiration": 300,
    "riskFlags": None,
    "proximityCheckEnabled": False,
}
_TEMPLATE = {"id": 1, "templateName": "payment", **_TEMPLATE_VALUES}
_ONE: dict[str, Any] = {"result": ref("BankOperation"), "example": OPERATION_EXAMPLE}
_MANY: dict[str, Any] = {"result": items(ref("BankOperation")), "example": [OPERATION_EXAMPLE]}
_OF_USER = {
    "userId": "alice",
    "applications": ["my-application"],
    "pageNumber": 0,
    "pageSize": 100,
}
_ONE_TEMPLATE: dict[str, Any] = {"result": ref("OperationTemplate"), "example": _TEMPLATE}

_OPERATIONS = {
    f"{_BASE}create": method(
        _TAG,
        "Ask a user to approve something",
        _INVALID,
        _UNKNOWN_TEMPLATE,
        _UNKNOWN_APPLICATION,
        description="Without a user, the first who claims the operation gets it.",
        request={
            "userId": "alice",
            "applications": ["my-application"],
            "templateName": "payment",
            "parameters": {"amount": "100", "currency": "CZK", "iban": _IBAN},
        },
        **_ONE,
    ),
    f"{_BASE}detail": method(
        _TAG,
        "Show an operation",
        _INVALID,
        _UNKNOWN,
        description="With a user, it also claims.",
        request={"operationId": _ID},
        **_ONE,
    ),
    f"{_BASE}claim": method(
        _TAG,
        "Give an operation to a user",
        _INVALID,
        _UNKNOWN,
        description="Only while the operation is pending and nobody else has it. Who calls answers "
        "for it that the user can decide; phones, which claim by themselves, are checked.",
        request={"operationId": _ID, "userId": "alice"},
        **_ONE,
    ),
    f"{_BASE}claim/release": method(
        _TAG,
        "Take a claimed operation from its user",
        _INVALID,
        _UNKNOWN,
        ErrorCode.OPERATION_STATE,
        description="Anybody may claim it again. Only a pending operation that was claimed is "
        "given back: one that was created for its user is nobody else's and is refused. One "
        "without a user stays as it is, so that the call can be repeated. With `userId`, it is "
        "given back only if that user has it. Failed attempts stay counted, and no callback is "
        "sent, as none is for a claim.",
        request={"operationId": _ID, "userId": "alice"},
        result=ref("BankOperation"),
        example={**OPERATION_EXAMPLE, "userId": None},
    ),
    f"{_BASE}cancel": method(
        _TAG,
        "Cancel an operation",
        _INVALID,
        _UNKNOWN,
        ErrorCode.OPERATION_STATE,
        request={"operationId": _ID, "statusReason": "USER_CALLED"},
        result=ref("BankOperation"),
        example={**OPERATION_EXAMPLE, "status": "CANCELED", "statusReason": "USER_CALLED"},
    ),
    f"{_BASE}list": method(
        _TAG,
        "List the operations of a user",
        _INVALID,
        _UNKNOWN_APPLICATION,
        request=_OF_USER,
        **_MANY,
    ),
    f"{_BASE}list/pending": method(
        _TAG,
        "List what waits for a user's decision",
        _INVALID,
        _UNKNOWN_APPLICATION,
        request=_OF_USER,
        **_MANY,
    ),
    f"{_BASE}list/external": method(
        _TAG,
        "List the operations with an identifier of the bank's own",
        _INVALID,
        _UNKNOWN_APPLICATION,
        request={"externalId": "order-1001", "applications": ["my-application"]},
        result=items(ref("BankOperation")),
        example=[{**OPERATION_EXAMPLE, "externalId": "order-1001"}],
    ),
}
_TEMPLATES = {
    f"{_BASE}template/list": method(
        _TEMPLATES_TAG,
        "List the templates",
        result=items(ref("OperationTemplate")),
        example=[_TEMPLATE],
    ),
    f"{_BASE}template/detail": method(
        _TEMPLATES_TAG,
        "Show a template",
        _INVALID,
        _UNKNOWN_TEMPLATE,
        request={"id": 1},
        **_ONE_TEMPLATE,
    ),
    f"{_BASE}template/create": method(
        _TEMPLATES_TAG,
        "Create a template",
        _INVALID,
        ErrorCode.OPERATION_TEMPLATE_EXISTS,
        request={"templateName": "payment", **_TEMPLATE_VALUES},
        **_ONE_TEMPLATE,
    ),
    f"{_BASE}template/update": method(
        _TEMPLATES_TAG,
        "Replace the members of a template",
        _INVALID,
        _UNKNOWN_TEMPLATE,
        description="Operations that exist keep what they were created with.",
        request={"id": 1, **_TEMPLATE_VALUES},
        **_ONE_TEMPLATE,
    ),
    f"{_BASE}template/remove": command(
        _TEMPLATES_TAG, "Remove a template", _INVALID, _UNKNOWN_TEMPLATE, request={"id": 1}
    ),
}

CATALOGUE = Catalogue(schemas=_SCHEMAS, endpoints={**_OPERATIONS, **_TEMPLATES})
