"""Decisions that a back end reports: integration-api.md 13.6, 13.9, 13.10 and 19."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from operations.decisions import proximity
from operations.models import Operation
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, payment_to_approve_nearby, post, refusal
from tests.bank import Bank

UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
STATES = ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"]
PAYMENT = {"amount": "100", "currency": "CZK", "iban": "CZ55"}

Reported = Callable[..., requests.Response]


@pytest.fixture
def report(http: requests.Session, bank: Bank) -> Reported:
    """Report a decision about an operation, complete unless members say otherwise."""

    def send(method: str, operation: Operation, **members: object) -> requests.Response:
        complete: dict[str, object] = {
            "operationId": str(operation.pk),
            "userId": "alice",
            "applicationId": bank.application.id,
        }
        if method == "approve":
            complete |= {"data": operation.data, "signatureType": "POSSESSION_KNOWLEDGE"}
        return post(http, f"operation/{method}", {**complete, **members})

    return send


def _result(answer: requests.Response) -> tuple[str, dict[str, Any]]:
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "OK"), body
    assert set(body["responseObject"]) == {"result", "operation"}
    return body["responseObject"]["result"], body["responseObject"]["operation"]


def _stored(operation: Operation) -> tuple[str, int, str]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count, operation.user_id


@pytest.mark.main_path
def test_create_pending_list_approve(http: requests.Session, bank: Bank) -> None:
    of_app = {"applications": [bank.application.id]}
    created = ok(
        http,
        "operation/create",
        userId="alice",
        templateName="payment",
        parameters=PAYMENT,
        additionalData={"kept": 1, "replaced": 1},
        **of_app,
    )
    listed = ok(http, "operation/list/pending", userId="alice", **of_app)
    assert [row["id"] for row in listed] == [created["id"]]
    before = timezone.now()
    approved = ok(
        http,
        "operation/approve",
        operationId=created["id"],
        userId="alice",
        applicationId=bank.application.id,
        data=created["data"],
        signatureType="POSSESSION_BIOMETRY",
        additionalData={"replaced": {"by": 2}, "added": None},
    )
    row = Operation.objects.get()
    assert approved["result"] == "APPROVED"
    merged = {"kept": 1, "replaced": {"by": 2}, "added": None}
    finalized = approved["operation"].pop("timestampFinalized")
    created.pop("timestampFinalized")
    assert approved["operation"] == {**created, "status": "APPROVED", "additionalData": merged}
    assert row.finalized_at is not None and before <= row.finalized_at <= timezone.now()
    assert finalized.startswith(row.finalized_at.isoformat(timespec="milliseconds")[:23])
    assert (row.status, row.additional_data) == ("APPROVED", merged)
    assert ok(http, "operation/list/pending", userId="alice", **of_app) == []


def test_approval_gives_an_owner(bank: Bank, report: Reported) -> None:
    operation = bank.operation("")
    result, shown = _result(report("approve", operation))
    assert (result, shown["userId"]) == ("APPROVED", "alice")
    assert _stored(operation) == ("APPROVED", 0, "alice")


@pytest.mark.main_path
def test_wrong_data_until_it_fails(bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice", max_failure_count=3)
    for count in (1, 2):
        result, shown = _result(report("approve", operation, data=operation.data + " "))
        assert (result, shown["status"]) == ("APPROVAL_FAILED", "PENDING")
        assert (shown["failureCount"], shown["timestampFinalized"]) == (count, None)
        assert _stored(operation) == ("PENDING", count, "alice")
    result, shown = _result(report("approve", operation, data="A2"))
    assert (result, shown["status"], shown["failureCount"]) == ("OPERATION_FAILED", "FAILED", 3)
    assert shown["timestampFinalized"] is not None
    assert _stored(operation) == ("FAILED", 3, "alice")
    assert refusal(report("approve", operation)) == "ERR0037"


@pytest.mark.parametrize(
    ("values", "members"),
    [
        ({"user_id": "bob"}, {}),
        ({}, {"data": "a1*a2199.40czk*icz1"}),
        ({}, {"signatureType": "POSSESSION"}),
        ({}, {"signatureType": "POSSESSION_KNOWLEDGE_BIOMETRY"}),
        ({"activation_id": UNKNOWN_ID}, {}),
        ({"activation_id": UNKNOWN_ID}, {"additionalData": {"activationId": "other"}}),
        ({"applications": []}, {}),
    ],
)
def test_what_does_not_fit_is_a_failed_attempt(
    bank: Bank, report: Reported, values: dict[str, Any], members: dict[str, object]
) -> None:
    operation = bank.operation(**{"user_id": "alice", **values})
    owner = operation.user_id
    added = members or {"additionalData": {"ipAddress": "203.0.113.7"}}
    result, shown = _result(report("approve", operation, **added))
    assert (result, shown["failureCount"]) == ("APPROVAL_FAILED", 1)
    assert _stored(operation) == ("PENDING", 1, owner)
    assert operation.additional_data == added.get("additionalData", {})


def test_activation_of_the_operation(bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice", activation_id=UNKNOWN_ID)
    answer = report("approve", operation, additionalData={"activationId": UNKNOWN_ID})
    assert _result(answer)[0] == "APPROVED"


def test_proximity_otp(http: requests.Session, bank: Bank, report: Reported) -> None:
    created = payment_to_approve_nearby(http, bank.application.id)
    operation = Operation.objects.get()
    for otp in ({}, {"proximity_otp": None}, {"proximity_otp": created["proximityOtp"][:-1]}):
        assert _result(report("approve", operation, additionalData=otp))[0] == "APPROVAL_FAILED"
    assert _stored(operation)[:2] == ("PENDING", 3)
    otp = {
        "proximity_otp": proximity.current_otp(
            operation.proximity_seed, operation_id=operation.pk, at=timezone.now()
        )
    }
    result, shown = _result(report("approve", operation, additionalData=otp))
    assert (result, shown["proximityOtp"], shown["additionalData"]) == ("APPROVED", None, otp)


@pytest.mark.parametrize("name", ["operationId", "userId", "applicationId", "data"])
@pytest.mark.parametrize("value", [None, ""])
def test_approve_needs_all_members(
    bank: Bank, report: Reported, name: str, value: str | None
) -> None:
    operation = bank.operation("alice")
    assert refusal(report("approve", operation, **{name: value})) == "ERR0024"
    assert _stored(operation) == ("PENDING", 0, "alice")


def test_approve_validates_the_rest(bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice")
    assert refusal(report("approve", operation, applicationId="  ")) == "ERR0024"
    assert refusal(report("approve", operation, signatureType=None)) == "ERR0024"
    assert refusal(report("approve", operation, signatureType="possession")) == (
        "ERROR_HTTP_REQUEST"
    )
    assert refusal(report("approve", operation, additionalData=[])) == "ERROR_HTTP_REQUEST"
    assert refusal(report("approve", operation, data=[7])) == "ERROR_HTTP_REQUEST"
    assert _stored(operation) == ("PENDING", 0, "alice")


def test_refusals_of_approve_in_their_order(bank: Bank, report: Reported) -> None:
    operation, done = bank.operation("alice"), bank.operation("alice", status="APPROVED")
    unknown = {"operationId": UNKNOWN_ID}
    elsewhere = {"applicationId": "unknown"}
    assert refusal(report("approve", operation, **unknown, userId=None)) == "ERR0024"
    assert refusal(report("approve", operation, **unknown, **elsewhere)) == "ERR0037"
    assert refusal(report("approve", done, **elsewhere)) == "ERR0015"
    assert refusal(report("approve", done)) == "ERR0037"
    assert _stored(operation) == ("PENDING", 0, "alice")


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize(
    ("method", "code"),
    [("approve", "ERR0037"), ("approve/fail", "ERR0036"), ("reject", "ERR0038")],
)
def test_what_is_not_pending_stays(
    bank: Bank, report: Reported, method: str, code: str, status: str
) -> None:
    operation = bank.operation("alice", status=status)
    assert refusal(report(method, operation, additionalData={"a": 1})) == code
    assert _stored(operation) == (status, 0, "alice")
    assert (operation.additional_data, operation.finalized_at) == ({}, None)


def test_expired(http: requests.Session, bank: Bank, report: Reported) -> None:
    past = timezone.now() - timedelta(seconds=1)
    operation = bank.operation("alice", expires_at=past)
    owner = {"userId": "alice", "applications": [bank.application.id]}
    [listed] = ok(http, "operation/list", **owner)
    assert listed["status"] == "EXPIRED"
    assert refusal(report("approve", operation)) == "ERR0037"
    assert refusal(report("approve/fail", operation)) == "ERR0036"
    assert refusal(report("reject", operation)) == "ERR0038"
    assert _stored(operation) == ("PENDING", 0, "alice")


@pytest.mark.main_path
def test_failed_attempts_are_reported(bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice", max_failure_count=2, additional_data={"a": 1, "b": 1})
    result, shown = _result(report("approve/fail", operation, additionalData={"b": 2}))
    assert (result, shown["status"], shown["failureCount"]) == ("APPROVAL_FAILED", "PENDING", 1)
    assert shown["additionalData"] == {"a": 1, "b": 2}
    assert _stored(operation) == ("PENDING", 1, "alice")
    result, shown = _result(report("approve/fail", operation))
    assert (result, shown["status"], shown["failureCount"]) == ("OPERATION_FAILED", "FAILED", 2)
    assert _stored(operation) == ("FAILED", 2, "alice")
    assert operation.finalized_at is not None
    assert operation.additional_data == {"a": 1, "b": 2}


def test_failed_attempt_of_nothing(bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice")
    assert refusal(report("approve/fail", operation, operationId=None)) == "ERR0024"
    assert refusal(report("approve/fail", operation, operationId=UNKNOWN_ID)) == "ERR0034"
    assert refusal(report("approve/fail", operation, operationId=[])) == "ERROR_HTTP_REQUEST"


@pytest.mark.main_path
@pytest.mark.parametrize("owner", ["alice", ""])
def test_reject(bank: Bank, report: Reported, owner: str) -> None:
    operation = bank.operation(owner, activation_id=UNKNOWN_ID, additional_data={"a": 1})
    result, shown = _result(
        report("reject", operation, additionalData={"rejectReason": "INCORRECT_DATA"})
    )
    assert (result, shown["status"], shown["userId"]) == ("REJECTED", "REJECTED", "alice")
    assert shown["additionalData"] == {"a": 1, "rejectReason": "INCORRECT_DATA"}
    assert shown["timestampFinalized"] is not None
    assert _stored(operation) == ("REJECTED", 0, "alice")
    assert operation.additional_data == shown["additionalData"]
    assert refusal(report("reject", operation)) == "ERR0038"


def test_reject_of_others_changes_nothing(bank: Bank, other_bank: Bank, report: Reported) -> None:
    operation = bank.operation("alice")
    extra = {"additionalData": {"a": 1}}
    elsewhere = {"applicationId": other_bank.application.id}
    for members in ({"userId": "bob"}, elsewhere):
        result, shown = _result(report("reject", operation, **members, **extra))
        assert (result, shown["status"]) == ("REJECT_FAILED", "PENDING")
        assert (shown["additionalData"], shown["timestampFinalized"]) == ({}, None)
    assert _stored(operation) == ("PENDING", 0, "alice")
    assert operation.additional_data == {}


@pytest.mark.parametrize("name", ["operationId", "userId", "applicationId"])
def test_reject_needs_all_members(bank: Bank, report: Reported, name: str) -> None:
    operation = bank.operation("alice")
    assert refusal(report("reject", operation, **{name: None})) == "ERR0024"
    assert refusal(report("reject", operation, **{name: ""})) == "ERR0024"
    assert _stored(operation) == ("PENDING", 0, "alice")


def test_refusals_of_reject_in_their_order(bank: Bank, report: Reported) -> None:
    done = bank.operation("alice", status="APPROVED")
    elsewhere = {"applicationId": "unknown"}
    assert refusal(report("reject", done, operationId=UNKNOWN_ID, **elsewhere)) == "ERR0038"
    assert refusal(report("reject", done, **elsewhere)) == "ERR0015"
    assert refusal(report("reject", done)) == "ERR0038"
    assert refusal(report("reject", done, userId=[1])) == "ERROR_HTTP_REQUEST"


def test_the_state_machine_has_no_way_back(
    http: requests.Session, bank: Bank, report: Reported
) -> None:
    operation = bank.operation("alice")
    assert _result(report("approve", operation))[0] == "APPROVED"
    assert refusal(report("reject", operation)) == "ERR0038"
    key = {"operationId": str(operation.pk)}
    assert refusal(post(http, "operation/cancel", key)) == "ERR0036"
    assert _stored(operation) == ("APPROVED", 0, "alice")


def test_without_an_owner_it_is_listed_once_claimed(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("")
    owner = {"userId": "alice", "applications": [bank.application.id]}
    key = {"operationId": str(operation.pk)}
    for method in ("operation/list", "operation/list/pending"):
        assert ok(http, method, **owner) == []
    assert alice.operations() == []
    ok(http, "operation/claim", userId="alice", **key)
    for method in ("operation/list", "operation/list/pending"):
        assert [row["id"] for row in ok(http, method, **owner)] == [str(operation.pk)]
    assert refusal(post(http, "operation/claim", {**key, "userId": "bob"})) == "ERR0034"
    assert refusal(post(http, "operation/detail", {**key, "userId": "bob"})) == "ERR0034"
    assert len(alice.operations()) == 1
