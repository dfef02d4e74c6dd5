"""The verbs of an operation: integration-api.md 13.5 to 13.11."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from operations.decisions import proximity, services
from operations.decisions.decisions import Decision
from operations.models import Operation
from operations.values import Result
from powerauth.errors import EngineRefusal
from powerauth.protocol.v3.signature import SignatureType
from tests.bank import Bank

UNKNOWN_ID = "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"
FINAL = ["APPROVED", "REJECTED", "CANCELED", "EXPIRED", "FAILED"]
Verb = Callable[..., Any]


def _approve(bank: Bank, operation_id: str | None, **changes: Any) -> Decision:
    arguments: dict[str, Any] = {
        "user_id": "alice",
        "application_id": bank.application.id,
        "data": "A1*A2199.40CZK*ICZ1",
        "signature_type": SignatureType.POSSESSION_KNOWLEDGE,
        "additional_data": {"channel": "phone"},
        "at": timezone.now(),
    }
    return services.approve(operation_id, **{**arguments, **changes})


def _reject(bank: Bank, operation_id: str | None, **changes: Any) -> Decision:
    arguments: dict[str, Any] = {
        "user_id": "alice",
        "application_id": bank.application.id,
        "additional_data": {"channel": "phone"},
        "at": timezone.now(),
    }
    return services.reject(operation_id, **{**arguments, **changes})


def _fail(bank: Bank, operation_id: str | None) -> Decision:
    return services.fail(operation_id, additional_data={"channel": "phone"}, at=timezone.now())


def _cancel(bank: Bank, operation_id: str | None) -> Operation:
    return services.cancel(operation_id, reason=None, additional_data=None, at=timezone.now())


def _code(act: Callable[[], object]) -> str:
    with pytest.raises(EngineRefusal) as caught:
        act()
    return caught.value.code.value


def _stored(operation: Operation) -> tuple[str, int]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count


@pytest.mark.main_path
def test_approve(bank: Bank) -> None:
    operation = bank.operation("alice", additional_data={"channel": "web", "a": 1})
    decision = _approve(bank, str(operation.id))
    assert decision.result is Result.APPROVED
    assert (decision.operation.status, decision.operation.user_id) == ("APPROVED", "alice")
    assert _stored(operation) == ("APPROVED", 0)
    assert operation.additional_data == {"channel": "phone", "a": 1}
    assert operation.finalized_at is not None


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ({"user_id": "bob"}, {}),
        ({"applications": []}, {}),
        ({"data": "A1*A2199.40CZK*ICZ1 "}, {}),
        ({"signature_types": ["POSSESSION"]}, {}),
        ({"failure_count": 5}, {}),
        ({"proximity_seed": b"set"}, {}),
        ({"proximity_seed": b"set"}, {"additional_data": {"proximity_otp": "00000000"}}),
        ({"proximity_seed": b"set"}, {"additional_data": {"proximity_otp": 12345678}}),
        ({"activation_id": UNKNOWN_ID}, {}),
        ({"activation_id": UNKNOWN_ID}, {"additional_data": {"activationId": "other"}}),
        ({}, {"signature_type": SignatureType.POSSESSION}),
    ],
)
def test_every_condition_counts(
    bank: Bank, values: dict[str, Any], changes: dict[str, Any]
) -> None:
    operation = bank.operation(values.pop("user_id", "alice"), **values)
    if operation.proximity_seed:
        operation.proximity_seed = proximity.new_seed(operation.pk)
        operation.save(update_fields=["proximity_seed"])
    before = operation.failure_count, operation.user_id
    decision = _approve(bank, str(operation.id), **changes)
    if before[0] == 5:
        assert decision.result is Result.OPERATION_FAILED
        assert _stored(operation) == ("FAILED", 5)
    else:
        assert decision.result is Result.APPROVAL_FAILED
        assert _stored(operation) == ("PENDING", 1)
        assert operation.finalized_at is None
    assert operation.user_id == before[1]


def test_bound_activation_that_is_named(bank: Bank) -> None:
    operation = bank.operation("alice", activation_id=UNKNOWN_ID)
    decision = _approve(bank, str(operation.id), additional_data={"activationId": UNKNOWN_ID})
    assert decision.result is Result.APPROVED


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": None},
        {"user_id": ""},
        {"user_id": "x" * 256},
        {"application_id": None},
        {"application_id": " "},
        {"data": None},
        {"data": ""},
        {"signature_type": None},
    ],
)
def test_approve_validates(bank: Bank, changes: dict[str, Any]) -> None:
    operation = bank.operation("alice")
    assert _code(lambda: _approve(bank, str(operation.id), **changes)) == "ERR0024"
    assert _code(lambda: _approve(bank, None)) == "ERR0024"
    assert _stored(operation) == ("PENDING", 0)


@pytest.mark.parametrize("verb", [_approve, _reject])
def test_unknown_application(bank: Bank, verb: Verb) -> None:
    operation = bank.operation("alice")
    assert _code(lambda: verb(bank, str(operation.id), application_id="none")) == "ERR0015"
    assert _stored(operation) == ("PENDING", 0)


@pytest.mark.parametrize(
    ("verb", "unknown", "not_pending"),
    [
        (_approve, "ERR0037", "ERR0037"),
        (_reject, "ERR0038", "ERR0038"),
        (_fail, "ERR0034", "ERR0036"),
        (_cancel, "ERR0034", "ERR0036"),
    ],
)
def test_refusals_by_state(bank: Bank, verb: Verb, unknown: str, not_pending: str) -> None:
    assert _code(lambda: verb(bank, UNKNOWN_ID)) == unknown
    assert _code(lambda: verb(bank, "no id")) == unknown
    assert _code(lambda: verb(bank, None)) == "ERR0024"
    assert _code(lambda: verb(bank, "")) == "ERR0024"
    for status in FINAL:
        operation = bank.operation("alice", status=status, max_failure_count=1)
        assert _code(lambda key=str(operation.id): verb(bank, key)) == not_pending  # type: ignore[misc]  # a default binds the loop's value
        assert _stored(operation) == (status, 0)
    expired = bank.operation("alice", expires_at=timezone.now() - timedelta(milliseconds=1))
    assert _code(lambda: verb(bank, str(expired.id))) == not_pending
    assert _stored(expired) == ("PENDING", 0)


def test_expiry_is_strict(bank: Bank) -> None:
    operation = bank.operation("alice")
    late = operation.expires_at + timedelta(microseconds=1)
    assert _code(lambda: _approve(bank, str(operation.id), at=late)) == "ERR0037"
    decision = _approve(bank, str(operation.id), at=operation.expires_at)
    assert decision.result is Result.APPROVED


def test_fail_counts_up_to_failed(bank: Bank) -> None:
    operation = bank.operation("alice", max_failure_count=2)
    assert _fail(bank, str(operation.id)).result is Result.APPROVAL_FAILED
    assert _stored(operation) == ("PENDING", 1)
    assert _fail(bank, str(operation.id)).result is Result.OPERATION_FAILED
    assert _stored(operation) == ("FAILED", 2)
    assert operation.additional_data == {"channel": "phone"}
    assert operation.finalized_at is not None


@pytest.mark.main_path
def test_reject(bank: Bank) -> None:
    operation = bank.operation("", activation_id=UNKNOWN_ID)
    decision = _reject(bank, str(operation.id))
    assert decision.result is Result.REJECTED
    assert _stored(operation) == ("REJECTED", 0)
    assert (operation.user_id, operation.additional_data) == ("alice", {"channel": "phone"})
    assert operation.finalized_at is not None


@pytest.mark.parametrize("values", [{"user_id": "bob"}, {"applications": []}])
def test_reject_by_a_stranger_changes_nothing(bank: Bank, values: dict[str, Any]) -> None:
    operation = bank.operation(values.pop("user_id", "alice"), **values)
    assert _reject(bank, str(operation.id)).result is Result.REJECT_FAILED
    assert _stored(operation) == ("PENDING", 0)
    assert operation.additional_data == {}


def test_cancel(bank: Bank) -> None:
    operation = bank.operation("alice", additional_data={"a": 1})
    services.cancel(str(operation.id), reason="x" * 32, additional_data={"b": 2}, at=timezone.now())
    assert _stored(operation) == ("CANCELED", 0)
    assert (operation.status_reason, operation.additional_data) == ("x" * 32, {"a": 1, "b": 2})
    assert operation.finalized_at is None


def test_cancel_with_a_long_reason(bank: Bank) -> None:
    operation = bank.operation("alice")

    def act() -> object:
        return services.cancel(
            str(operation.id), reason="x" * 33, additional_data=None, at=timezone.now()
        )

    assert _code(act) == "ERR0024"
    assert _stored(operation) == ("PENDING", 0)


def test_claim(bank: Bank) -> None:
    operation = bank.operation("")
    key, at = str(operation.id), timezone.now()
    assert services.claim(key, user_id="alice", at=at).user_id == "alice"
    assert services.claim(key, user_id="alice", at=at).user_id == "alice"
    assert _code(lambda: services.claim(key, user_id="bob", at=at)) == "ERR0034"
    operation.refresh_from_db()
    assert operation.user_id == "alice"


def test_claim_leaves_what_is_not_pending(bank: Bank) -> None:
    operation = bank.operation("", status="CANCELED")
    assert services.claim(str(operation.id), user_id="bob", at=timezone.now()).user_id == ""
    expired = bank.operation("", expires_at=timezone.now() - timedelta(seconds=1))
    assert services.claim(str(expired.id), user_id="bob", at=timezone.now()).user_id == ""
    expired.refresh_from_db()
    assert expired.user_id == ""
