"""The proximity check over HTTP: mobile-token-api.md 4.6, integration-api.md 13.7."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from operations.decisions import proximity
from operations.models import FormTemplate, Operation
from powerauth.phone.phone import Phone
from tests.api.operations.calls import APPROVAL_FAILS, authorize, error
from tests.bank import PIN, Bank


def _operation(bank: Bank, **values: Any) -> Operation:
    key = uuid.uuid4()
    return bank.operation("alice", id=key, proximity_seed=proximity.new_seed(key), **values)


def _otp(operation: Operation, at: datetime | None = None) -> str:
    return proximity.current_otp(
        operation.proximity_seed, operation_id=operation.pk, at=at or timezone.now()
    )


def _stored(operation: Operation) -> tuple[str, int]:
    operation.refresh_from_db()
    return operation.status, operation.failure_count


def _approve(phone: Phone, operation: Operation, check: object) -> Any:
    payload = {"id": str(operation.id), "data": operation.data, "proximityCheck": check}
    return authorize(phone, payload)


@pytest.mark.main_path
@pytest.mark.parametrize("kind", ["QR_CODE", "DEEPLINK", "CARRIER_PIGEON"])
def test_right_password(bank: Bank, alice: Phone, kind: str) -> None:
    operation = _operation(bank)
    otp = _otp(operation)
    answer = alice.approve(
        str(operation.id), operation.data, pin=PIN, proximity_otp=otp, proximity_type=kind
    )
    assert answer.ok
    assert _stored(operation) == ("APPROVED", 0)
    assert operation.additional_data["proximity_otp"] == otp


@pytest.mark.parametrize(
    "hints",
    [
        {},
        {"type": None, "timestampReceived": None, "timestampSent": None},
        {"timestampReceived": "2023-05-01T12:00:00Z", "timestampSent": "2023-05-01T12:00:00Z"},
        {"timestampReceived": "2023-05-01T12:00:00.123Z"},
        {"timestampReceived": "2023-05-01T12:00:00+02:00"},
        {"timestampReceived": 1_682_942_400_000, "timestampSent": 1_682_942_400_123},
        {"timestampReceived": "yesterday", "timestampSent": {"a": []}},
        {"timestampRequested": "2023-05-01T12:00:00Z", "timestampSigned": -1},
        {"type": 7},
    ],
)
def test_hints_never_matter(bank: Bank, alice: Phone, hints: dict[str, object]) -> None:
    operation = _operation(bank)
    assert _approve(alice, operation, {"otp": _otp(operation), **hints}).ok


def test_password_of_the_step_before_is_accepted(bank: Bank, alice: Phone) -> None:
    operation = _operation(bank)
    otp = _otp(operation, timezone.now() - timedelta(seconds=30))
    # A step may end between the two clocks; then the password is two steps old.
    if otp in {_otp(operation), _otp(operation, timezone.now() - timedelta(seconds=29))}:
        assert _approve(alice, operation, {"otp": otp}).ok


@pytest.mark.parametrize("offset_s", [-90, -3600, 60, 3600])
def test_password_of_another_time(bank: Bank, alice: Phone, offset_s: int) -> None:
    operation = _operation(bank)
    otp = _otp(operation, timezone.now() + timedelta(seconds=offset_s))
    assert error(_approve(alice, operation, {"otp": otp})) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1)


@pytest.mark.parametrize("otp", ["00000000", "1", "12345678 ", "12345678\x01", "x" * 8, "①" * 8])
def test_wrong_password(bank: Bank, alice: Phone, otp: str) -> None:
    operation = _operation(bank)
    assert error(_approve(alice, operation, {"otp": otp})) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1)


@pytest.mark.main_path
def test_missing_password(bank: Bank, alice: Phone) -> None:
    operation = _operation(bank, additional_data={})
    operation.additional_data = {"proximity_otp": _otp(operation)}
    operation.save(update_fields=["additional_data"])
    answer = alice.approve(str(operation.id), operation.data, pin=PIN)
    assert error(answer) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1)


def test_password_of_another_operation(bank: Bank, alice: Phone) -> None:
    operation, other = _operation(bank), _operation(bank)
    assert error(_approve(alice, operation, {"otp": _otp(other)})) == APPROVAL_FAILS


def test_password_without_need_is_ignored(bank: Bank, alice: Phone) -> None:
    operation = bank.operation("alice")
    assert _approve(alice, operation, {"otp": "anything"}).ok
    operation.refresh_from_db()
    assert operation.additional_data["proximity_otp"] == "anything"


@pytest.mark.parametrize("check", [{}, {"otp": None}, {"otp": ""}, {"type": "QR_CODE"}])
def test_check_without_a_password_where_none_is_asked_for(
    bank: Bank, alice: Phone, check: dict[str, object]
) -> None:
    operation = bank.operation("alice")
    assert _approve(alice, operation, check).ok
    assert _stored(operation) == ("APPROVED", 0)


@pytest.mark.parametrize("check", [{}, {"otp": None}, {"otp": ""}, {"type": "QR_CODE"}])
def test_check_without_a_password_where_one_is_asked_for(
    bank: Bank, alice: Phone, check: dict[str, object]
) -> None:
    operation = _operation(bank)
    assert error(_approve(alice, operation, check)) == APPROVAL_FAILS
    assert _stored(operation) == ("PENDING", 1)


def test_password_as_a_number(bank: Bank, alice: Phone) -> None:
    operation = _operation(bank)
    otp = _otp(operation)
    if not otp.startswith("0"):
        assert _approve(alice, operation, {"otp": int(otp)}).ok


def test_length_can_be_chosen(bank: Bank, alice: Phone, settings: Settings) -> None:
    operation = _operation(bank)
    eight = _otp(operation)
    settings.POWERAUTH_PROXIMITY_OTP_LENGTH = 6
    assert error(_approve(alice, operation, {"otp": eight})) == APPROVAL_FAILS
    assert _approve(alice, operation, {"otp": _otp(operation)}).ok


def test_scan_is_asked_for_only_where_there_is_a_seed(bank: Bank, alice: Phone) -> None:
    FormTemplate.objects.update(ui='{"preApprovalScreen":{"type":"QR_SCAN"}}')
    scanned = alice.operation(str(_operation(bank).id))
    plain = alice.operation(str(bank.operation("alice").id))
    assert scanned["ui"]["preApprovalScreen"]["type"] == "QR_SCAN"
    assert "ui" not in plain
    assert "proximity" not in str(scanned).lower().replace("qr_scan", "")


def test_seed_is_not_stored_in_clear(bank: Bank) -> None:
    operation = _operation(bank)
    assert len(operation.proximity_seed) > proximity.SEED_SIZE
