"""`operation/cancel`: mobile-token-api.md 4.7."""

from datetime import timedelta

import pytest
from django.utils import timezone

from operations.models import Operation
from powerauth.phone.phone import Phone
from tests.api.operations.calls import (
    EXPIRED,
    REJECTION_FAILS,
    STATES,
    UNKNOWN_ID,
    cancel,
    error,
)
from tests.bank import VERSIONS, Bank

Refusal = tuple[int, str, str]


def _stored(operation: Operation) -> tuple[str, str, int]:
    operation.refresh_from_db()
    return operation.status, operation.user_id, operation.failure_count


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_rejects(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    operation = bank.operation("alice", additional_data={"channel": "web"})
    answer = phone.reject(str(operation.id), "INCORRECT_DATA")
    assert (answer.status, answer.json) == (200, {"status": "OK"})
    assert _stored(operation) == ("REJECTED", "alice", 0)
    assert (operation.status_reason, operation.finalized_at is None) == ("", False)
    assert operation.additional_data == {
        "channel": "web",
        "activationId": phone.activation_id,
        "applicationId": bank.application.id,
        "ipAddress": "127.0.0.1",
        "userAgent": "SoftwarePhone/1.0",
        "rejectReason": "INCORRECT_DATA",
    }


@pytest.mark.parametrize(
    ("reason", "stored"),
    [
        ("UNKNOWN", "UNKNOWN"),
        ("UNEXPECTED_OPERATION", "UNEXPECTED_OPERATION"),
        ("Nechci to. \U0001f600", "Nechci to. \U0001f600"),
        ("x" * 255, "x" * 255),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_reasons(bank: Bank, alice: Phone, reason: str | None, stored: str | None) -> None:
    operation = bank.operation("alice")
    assert cancel(alice, {"id": str(operation.id), "reason": reason}).ok
    operation.refresh_from_db()
    assert operation.additional_data.get("rejectReason") == stored


def test_body_of_the_document(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    body = (
        f'{{\n  "requestObject": {{\n    "id": "{operation.id}",\n'
        '    "reason": "INCORRECT_DATA"\n  }\n}'
    )
    assert cancel(alice, body.encode()).json == {"status": "OK"}


def test_mobile_token_data_are_stored(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    assert cancel(alice, {"id": str(operation.id), "mobileTokenData": {"a": 1}}).ok
    operation.refresh_from_db()
    assert operation.additional_data["mobileTokenData"] == {"a": 1}


def test_unassigned_operation_gets_the_user(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("")
    assert alice.reject(str(operation.id)).ok
    assert _stored(operation) == ("REJECTED", "alice", 0)


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_states(bank: Bank, alice: Phone, status: str, expected: Refusal) -> None:
    operation = bank.operation("alice", status=status)
    assert error(alice.reject(str(operation.id))) == expected
    assert _stored(operation) == (status, "alice", 0)


def test_expired_by_time(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice", expires_at=timezone.now() - timedelta(seconds=1))
    assert error(alice.reject(str(operation.id))) == EXPIRED
    assert _stored(operation) == ("PENDING", "alice", 0)


def test_unknown(alice: Phone) -> None:
    expected = (400, "INVALID_OPERATION", "Operation not found or is in an unexpected state")
    assert error(alice.reject(UNKNOWN_ID)) == expected


@pytest.mark.parametrize("status", ["PENDING", "APPROVED"])
def test_strangers(bank: Bank, bob: Phone, mallory: Phone, status: str) -> None:
    operation = bank.operation("alice", status=status)
    bound = bank.operation("bob", activation_id=UNKNOWN_ID, status=status)
    assert error(bob.reject(str(operation.id))) == REJECTION_FAILS
    assert error(mallory.reject(str(operation.id))) == REJECTION_FAILS
    assert error(bob.reject(str(bound.id))) == REJECTION_FAILS
    assert _stored(operation) == (status, "alice", 0)
    assert _stored(bound) == (status, "bob", 0)
