"""Every refusal of a request for one of its members names the member and the rule.

Source: integration-api.md 1.1 and 1.3, push-and-inbox.md 2.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from powerauth.phone.phone import Phone
from tests.api import push_server
from tests.api.integration.back_end import ENGINE_MESSAGES, post, told
from tests.bank import Bank
from tests.wsgi import BASE_URL

INVALID, MALFORMED = "ERR0024", "ERROR_HTTP_REQUEST"
SECRET = "SeCrEt"
LONG = SECRET * 200
UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
NOT_NULL, NOT_EMPTY, NOT_BLANK = "must not be null", "must not be empty", "must not be blank"
TEXT, WHOLE, TRUTH = "must be a text", "must be a whole number of 64 bits", "must be true or false"
TIME = "must be a time: ISO-8601 with an offset, or milliseconds since 1970"
DURATION = "must be a duration: ISO-8601 of days at most, or seconds"
SHORT = "must have at most 255 characters"
PAST = int(datetime(2001, 1, 1, tzinfo=UTC).timestamp() * 1000)

_OPERATION: dict[str, Any] = {
    "templateName": "payment",
    "applications": ["APPLICATION"],
    "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1"},
}
_TEMPLATE: dict[str, Any] = {
    "templateName": "t",
    "operationType": "t",
    "dataTemplate": "A1",
    "signatureType": ["POSSESSION"],
    "maxFailureCount": 1,
    "expiration": 60,
}
_CALLBACK: dict[str, Any] = {
    "applicationId": "APPLICATION",
    "name": "core",
    "type": "OPERATION_STATUS_CHANGE",
    "callbackUrl": "https://bank.example/",
}
_INIT: dict[str, Any] = {"userId": "alice", "applicationId": "APPLICATION"}
_DECIDED: dict[str, Any] = {
    "operationId": UNKNOWN_ID,
    "userId": "alice",
    "applicationId": "APPLICATION",
    "data": "A1",
    "signatureType": "POSSESSION",
}
_SIGNED: dict[str, Any] = {
    "activationId": UNKNOWN_ID,
    "applicationKey": "key",
    "data": "POST&data",
    "signature": "1-2",
    "signatureType": "POSSESSION",
    "signatureVersion": "3.3",
}
_TOKEN: dict[str, Any] = {
    "tokenId": UNKNOWN_ID,
    "tokenDigest": "AAAA",
    "nonce": "AAAA",
    "protocolVersion": "3.3",
    "timestamp": 1,
}
_BLOCK: dict[str, Any] = {"activationId": UNKNOWN_ID}

# Method, members of a sound request, a change of it, the member that is named, and its rule.
INVALID_MEMBERS: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    # Missing.
    ("operation/create", _OPERATION, {"applications": None}, "applications", NOT_EMPTY),
    ("operation/create", _OPERATION, {"templateName": None}, "templateName", NOT_NULL),
    ("operation/detail", {}, {}, "operationId", NOT_NULL),
    ("operation/claim", {"operationId": UNKNOWN_ID}, {}, "userId", NOT_NULL),
    ("operation/claim/release", {}, {}, "operationId", NOT_NULL),
    ("operation/cancel", {}, {}, "operationId", NOT_NULL),
    ("operation/list", {"applications": ["a"]}, {}, "userId", NOT_NULL),
    ("operation/list/pending", {"userId": "alice"}, {}, "applications", NOT_EMPTY),
    ("operation/list/external", {"applications": ["a"]}, {}, "externalId", NOT_NULL),
    *(
        ("operation/approve", _DECIDED, {name: None}, name, NOT_NULL)
        for name in ("operationId", "userId", "applicationId", "data", "signatureType")
    ),
    ("operation/approve/fail", {}, {}, "operationId", NOT_NULL),
    ("operation/reject", _DECIDED, {"userId": " "}, "userId", NOT_BLANK),
    ("operation/offline/approve", {"operationId": UNKNOWN_ID}, {}, "activationId", NOT_NULL),
    ("operation/template/create", _TEMPLATE, {"templateName": ""}, "templateName", NOT_EMPTY),
    ("operation/template/create", _TEMPLATE, {"operationType": None}, "operationType", NOT_NULL),
    ("operation/template/detail", {}, {}, "id", NOT_NULL),
    ("operation/template/remove", {}, {}, "id", NOT_NULL),
    ("activation/init", _INIT, {"userId": None}, "userId", NOT_NULL),
    ("activation/init", _INIT, {"userId": ""}, "userId", NOT_EMPTY),
    ("activation/commit", {}, {}, "activationId", NOT_NULL),
    ("activation/otp/update", {"activationId": UNKNOWN_ID}, {}, "activationOtp", NOT_NULL),
    ("activation/status", {}, {}, "activationId", NOT_NULL),
    ("activation/list", {}, {}, "userId", NOT_NULL),
    ("activation/lookup", {}, {}, "userIds", NOT_EMPTY),
    ("activation/history", {}, {}, "activationId", NOT_NULL),
    ("activation/status/update", {}, {}, "activationIds", NOT_EMPTY),
    ("activation/status/update", {"activationIds": ["a"]}, {}, "activationStatus", NOT_NULL),
    ("activation/remove", {}, {}, "activationId", NOT_NULL),
    ("activation/block", {}, {}, "activationId", NOT_NULL),
    ("activation/unblock", {}, {}, "activationId", NOT_NULL),
    ("activation/flags/list", {}, {}, "activationId", NOT_NULL),
    ("activation/flags/create", _BLOCK, {}, "activationFlags", NOT_EMPTY),
    ("activation/prepare", {}, {}, "activationCode", NOT_NULL),
    ("activation/create", {}, {}, "applicationKey", NOT_NULL),
    ("application/create", {}, {}, "applicationId", NOT_NULL),
    ("application/detail", {}, {}, "applicationId", NOT_NULL),
    ("application/detail/version", {}, {}, "applicationKey", NOT_NULL),
    ("application/version/create", {"applicationId": "a"}, {}, "applicationVersionId", NOT_NULL),
    ("application/version/support", {"applicationId": "a"}, {}, "applicationVersionId", NOT_NULL),
    ("application/roles/create", {"applicationId": "a"}, {}, "applicationRoles", NOT_EMPTY),
    ("application/config/detail", {}, {}, "applicationId", NOT_NULL),
    ("application/config/create", {"applicationId": "a"}, {}, "key", NOT_NULL),
    ("application/callback/list", {}, {}, "applicationId", NOT_NULL),
    ("application/callback/remove", {}, {}, "id", NOT_NULL),
    ("application/callback/create", _CALLBACK, {"name": None}, "name", NOT_BLANK),
    ("application/callback/create", _CALLBACK, {"type": None}, "type", NOT_NULL),
    ("integration/create", {}, {}, "name", NOT_NULL),
    ("integration/remove", {}, {}, "id", NOT_NULL),
    *(("signature/verify", _SIGNED, {name: None}, name, NOT_NULL) for name in _SIGNED),
    ("signature/list", {}, {}, "userId", NOT_NULL),
    ("signature/ecdsa/verify", {}, {}, "activationId", NOT_NULL),
    ("signature/offline/verify", _BLOCK, {}, "data", NOT_NULL),
    *(("token/validate", _TOKEN, {name: None}, name, NOT_NULL) for name in _TOKEN),
    ("token/remove", {}, {}, "tokenId", NOT_NULL),
    ("ecies/decryptor", {}, {}, "applicationKey", NOT_NULL),
    ("keystore/create", {}, {}, "jwt", NOT_NULL),
    ("recovery/config/detail", {}, {}, "applicationId", NOT_NULL),
    ("telemetry/report", {"name": "CURRENT_MAU"}, {}, "parameters", NOT_NULL),
    # Too long.
    ("operation/create", _OPERATION, {"userId": LONG}, "userId", SHORT),
    ("operation/create", _OPERATION, {"externalId": LONG}, "externalId", SHORT),
    ("operation/create", _OPERATION, {"activationFlag": LONG}, "activationFlag", SHORT),
    (
        "operation/create",
        _OPERATION,
        {"activationId": LONG},
        "activationId",
        "must have at most 37 characters",
    ),
    (
        "operation/cancel",
        {"operationId": UNKNOWN_ID},
        {"statusReason": LONG},
        "statusReason",
        "must have at most 32 characters",
    ),
    ("operation/template/create", _TEMPLATE, {"dataTemplate": LONG}, "dataTemplate", SHORT),
    ("operation/template/create", _TEMPLATE, {"riskFlags": LONG}, "riskFlags", SHORT),
    ("operation/reject", _DECIDED, {"userId": LONG}, "userId", SHORT),
    ("activation/init", _INIT, {"userId": LONG}, "userId", SHORT),
    (
        "activation/init",
        _INIT,
        {"flags": [LONG]},
        "flags",
        "must have at most 255 characters in all",
    ),
    ("activation/block", _BLOCK, {"reason": LONG}, "reason", SHORT),
    ("activation/block", _BLOCK, {"externalUserId": LONG}, "externalUserId", SHORT),
    ("activation/commit", _BLOCK, {"externalUserId": LONG}, "externalUserId", SHORT),
    ("application/create", {}, {"applicationId": LONG}, "applicationId", SHORT),
    ("integration/create", {}, {"name": LONG}, "name", SHORT),
    ("application/callback/create", _CALLBACK, {"name": LONG}, "name", SHORT),
    (
        "application/callback/create",
        _CALLBACK,
        {"authentication": {"httpBasic": {"enabled": True, "username": LONG, "password": "p"}}},
        "authentication.httpBasic.username",
        "must have at most 1024 characters",
    ),
    # Rules of their own.
    (
        "operation/create",
        _OPERATION,
        {"parameters": {**_OPERATION["parameters"], "note": f"{SECRET}\t"}},
        "parameters.note",
        "must not contain control characters but line feeds",
    ),
    (
        "operation/create",
        _OPERATION,
        {"timestampExpires": PAST},
        "timestampExpires",
        "must not be in the past",
    ),
    (
        "operation/create",
        _OPERATION,
        {"activationId": UNKNOWN_ID},
        "activationId",
        "must be an activation",
    ),
    (
        "activation/init",
        _INIT,
        {"timestampActivationExpire": PAST},
        "timestampActivationExpire",
        "must not be in the past",
    ),
    (
        "operation/template/create",
        _TEMPLATE,
        {"expiration": 0},
        "expiration",
        "must be between 1 and 3162240000",
    ),
    (
        "operation/list",
        {"userId": "alice", "applications": ["a"]},
        {"pageSize": 0},
        "pageSize",
        "must be between 1 and 2147483647",
    ),
    (
        "activation/list",
        {"userId": "alice"},
        {"pageNumber": -1},
        "pageNumber",
        "must be between 0 and 2147483647",
    ),
    (
        "application/callback/create",
        _CALLBACK,
        {"maxAttempts": 0},
        "maxAttempts",
        "must be greater than or equal to 1",
    ),
    ("activation/status", _BLOCK, {"challenge": SECRET + "!"}, "challenge", "must be Base64"),
    ("activation/status", _BLOCK, {"challenge": "YQ=="}, "challenge", "must be 16 bytes"),
    (
        "signature/offline/verify",
        {**_BLOCK, "data": "POST&"},
        {"signature": SECRET},
        "signature",
        "must have 16 digits",
    ),
    (
        "signature/verify",
        _SIGNED,
        {"signatureVersion": SECRET},
        "signatureVersion",
        "must be a protocol version that is known here",
    ),
    ("activation/lookup", {}, {"userIds": [None]}, "userIds[0]", NOT_NULL),
    (
        "keystore/create",
        {},
        {"jwt": SECRET},
        "jwt",
        "must be a request that its application or activation has signed",
    ),
]
WRONG_TYPES: list[tuple[str, str, object, str]] = [
    ("operation/create", "applications", SECRET, "must be a list"),
    ("operation/create", "parameters", [SECRET], "must be an object"),
    ("operation/create", "proximityCheckEnabled", SECRET, TRUTH),
    ("operation/detail", "operationId", [SECRET], TEXT),
    ("operation/template/detail", "id", SECRET, WHOLE),
    ("activation/init", "maxFailureCount", SECRET, WHOLE),
    ("activation/init", "commitPhase", SECRET, "must be one of ON_COMMIT, ON_KEY_EXCHANGE"),
    ("activation/init", "protocol", SECRET, "must be one of powerauth, fido2"),
    ("activation/history", "timestampFrom", SECRET, TIME),
    ("application/create", "applicationId", {SECRET: 1}, TEXT),
    ("recovery/revoke", "recoveryCodeIds", SECRET, "must be a list"),
    ("telemetry/report", "parameters", SECRET, "must be an object"),
    ("application/callback/create", "initialBackoff", SECRET, DURATION),
    ("signature/list", "applicationId", [SECRET], TEXT),
]


def _with(bank: Bank, members: dict[str, Any]) -> dict[str, Any]:
    """Name the application of the bank where a request names one."""
    own = {"applicationId": bank.application.id, "applications": [bank.application.id]}
    standing = {"applicationId": "APPLICATION", "applications": ["APPLICATION"]}
    return {
        name: own[name] if name in own and value == standing[name] else value
        for name, value in members.items()
    }


@pytest.mark.parametrize(("method", "sound", "change", "member", "rule"), INVALID_MEMBERS)
def test_member_that_breaks_a_rule(
    http: requests.Session,
    bank: Bank,
    method: str,
    sound: dict[str, Any],
    change: dict[str, Any],
    member: str,
    rule: str,
) -> None:
    answer = post(http, method, {**_with(bank, sound), **change})
    assert told(answer) == (INVALID, f"requestObject.{member} - {rule}")
    assert SECRET not in answer.text


@pytest.mark.parametrize(("method", "member", "value", "rule"), WRONG_TYPES)
def test_member_of_another_type(
    http: requests.Session, bank: Bank, method: str, member: str, value: object, rule: str
) -> None:
    answer = post(http, method, {member: value})
    assert told(answer) == (MALFORMED, f"requestObject.{member} - {rule}")
    assert SECRET not in answer.text


def test_all_members_of_another_type_are_named(http: requests.Session, db: None) -> None:
    answer = post(http, "operation/create", {"userId": [], "applications": [{}], "parameters": 1})
    assert told(answer) == (
        MALFORMED,
        "requestObject.applications[0] - must be a text, "
        "requestObject.parameters - must be an object, requestObject.userId - must be a text",
    )


@pytest.mark.parametrize("payload", [[SECRET], SECRET, 7, True])
def test_request_that_is_no_object(http: requests.Session, db: None, payload: object) -> None:
    answer = post(http, "operation/create", payload)
    assert told(answer) == (MALFORMED, "requestObject - must be an object")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"a":NaN}', "a number that is not finite is not JSON"),
        (b"\xff", "not JSON"),
        (b'{"a":"\\u0000"}', "text with a character that has no meaning"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "nested too deeply"),
    ],
)
def test_body_that_is_not_usable(
    http: requests.Session, db: None, body: bytes, reason: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = http.post(f"{BASE_URL}/rest/v3/operation/create", data=body, headers=headers)
    assert told(answer) == (MALFORMED, f"The body is not usable: {reason}.")


def test_other_refusals_keep_their_documented_texts(http: requests.Session, bank: Bank) -> None:
    answer = post(http, "operation/create", {**_OPERATION, "applications": ["unknown"]})
    assert told(answer) == ("ERR0015", ENGINE_MESSAGES["ERR0015"])


# --- Devices and messages -------------------------------------------------------------------------

PUSH = [
    ("push/device/create", {"appId": [SECRET]}, "requestObject.appId - must be a text"),
    ("push/device/create", {"token": {SECRET: 1}}, "requestObject.token - must be a text"),
    (
        "push/device/create/multi",
        {"activationIds": SECRET},
        "requestObject.activationIds - must be a list",
    ),
    (
        "push/device/create/multi",
        {"activationIds": [None]},
        "requestObject.activationIds[0] - must not be null",
    ),
    ("inbox/messages", {"subject": [SECRET]}, "requestObject.subject - must be a text"),
    ("inbox/messages", {"applications": SECRET}, "requestObject.applications - must be a list"),
    ("inbox/messages/read", {"inboxId": [SECRET]}, "requestObject.inboxId - must be a text"),
]


@pytest.mark.parametrize(("path", "members", "message"), PUSH)
def test_member_of_a_push_server(
    http: requests.Session, bank: Bank, alice: Phone, path: str, members: object, message: str
) -> None:
    answer = push_server.post(http, path, members)
    assert push_server.malformed(answer) == message
    assert SECRET not in answer.text


def test_query_of_a_push_server(http: requests.Session, bank: Bank) -> None:
    asked = {"userId": "alice", "applications": bank.application.id, "page": SECRET}
    answer = push_server.get(http, "inbox/messages/list", **asked)
    assert push_server.malformed(answer) == "page - must be a whole number"
    assert SECRET not in answer.text
