"""`operation/claim/release`: what was claimed waits for anybody again."""

import json
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from operations.models import Operation
from powerauth.engine.audit.audit_log import OK
from powerauth.models import AuditRecord, CallbackEvent, CallbackType
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, post, refused, told
from tests.bank import PIN, Bank
from tests.engine.test_callback_outbox import listen

RELEASE = "operation/claim/release"
UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"


def _claimed(bank: Bank, phone: Phone) -> Operation:
    operation = bank.operation("")
    assert phone.claim(str(operation.pk))
    return operation


def _owner(operation: Operation) -> tuple[str, bool]:
    operation.refresh_from_db()
    return operation.user_id, operation.claimed_at is not None


@pytest.mark.main_path
def test_another_user_can_claim_it(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    operation = _claimed(bank, alice)
    shown = ok(http, RELEASE, operationId=str(operation.pk))
    assert (shown["id"], shown["userId"], shown["status"]) == (str(operation.pk), None, "PENDING")
    assert _owner(operation) == ("", False)
    assert alice.operations() == []
    bob.claim(str(operation.pk))
    assert _owner(operation) == ("bob", True)
    assert bob.approve(str(operation.pk), operation.data, pin=PIN).ok


def test_what_a_back_end_claimed(http: requests.Session, bank: Bank) -> None:
    for method in ("operation/claim", "operation/detail"):
        operation = bank.operation("")
        ok(http, method, operationId=str(operation.pk), userId="alice")
        assert _owner(operation) == ("alice", True)
        ok(http, RELEASE, operationId=str(operation.pk), userId="alice")
        assert _owner(operation) == ("", False)


def test_repetition_changes_nothing(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = _claimed(bank, alice)
    for user in ({}, {"userId": "alice"}, {"userId": "bob"}):
        shown = ok(http, RELEASE, operationId=str(operation.pk), **user)
        if not user:
            assert shown["userId"] is None
        assert _owner(operation) == ("", False)
    assert AuditRecord.objects.count() == 1


def test_failures_stay_counted(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = _claimed(bank, alice)
    assert not alice.approve(str(operation.pk), "A2", pin=PIN).ok
    assert ok(http, RELEASE, operationId=str(operation.pk))["failureCount"] == 1


def test_another_users_operation(http: requests.Session, bank: Bank, alice: Phone) -> None:
    operation = _claimed(bank, alice)
    assert refused(http, RELEASE, operationId=str(operation.pk), userId="bob") == "ERR0034"
    assert _owner(operation) == ("alice", True)


@pytest.mark.main_path
def test_what_was_made_for_a_user_stays_theirs(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    operation = bank.operation("alice")
    alice.claim(str(operation.pk))
    ok(http, "operation/claim", operationId=str(operation.pk), userId="alice")
    assert refused(http, RELEASE, operationId=str(operation.pk)) == "ERR0036"
    assert _owner(operation) == ("alice", False)


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "CANCELED", "FAILED", "EXPIRED"])
@pytest.mark.parametrize("user_id", ["alice", ""])
def test_only_what_waits(http: requests.Session, bank: Bank, status: str, user_id: str) -> None:
    operation = bank.operation(user_id, status=status, claimed_at=timezone.now())
    assert refused(http, RELEASE, operationId=str(operation.pk)) == "ERR0036"
    assert _owner(operation)[0] == user_id


def test_not_past_its_time(http: requests.Session, bank: Bank) -> None:
    now = timezone.now()
    operation = bank.operation("alice", claimed_at=now, expires_at=now - timedelta(seconds=1))
    assert refused(http, RELEASE, operationId=str(operation.pk)) == "ERR0036"


def test_what_it_needs(http: requests.Session, bank: Bank) -> None:
    assert refused(http, RELEASE, operationId=UNKNOWN_ID) == "ERR0034"
    assert told(post(http, RELEASE, {})) == (
        "ERR0024",
        "requestObject.operationId - must not be null",
    )
    assert told(post(http, RELEASE, {"operationId": UNKNOWN_ID, "userId": " "})) == (
        "ERR0024",
        "requestObject.userId - must not be blank",
    )


def test_it_is_recorded_and_not_called_back(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    listen(bank.application.id, CallbackType.OPERATION_STATUS_CHANGE)
    operation = _claimed(bank, alice)
    ok(http, RELEASE, operationId=str(operation.pk))
    record = AuditRecord.objects.get()
    assert (record.action, record.object_type, record.outcome) == (RELEASE, "operation", OK)
    assert json.loads(record.before)["user_id"] == "alice"
    assert json.loads(record.after)["user_id"] == ""
    assert not CallbackEvent.objects.exists()
