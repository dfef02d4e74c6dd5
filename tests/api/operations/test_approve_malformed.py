"""`operation/authorize` and `operation/cancel` with bodies that break the document."""

from typing import Any

import pytest

from operations.models import Operation
from powerauth.phone.phone import Phone
from tests.api.operations.calls import BROKEN_BODIES, MALFORMED, authorize, cancel, error
from tests.bank import Bank


@pytest.fixture
def operation(bank: Bank) -> Operation:
    return bank.operation("alice")


def _untouched(operation: Operation) -> bool:
    operation.refresh_from_db()
    return (operation.status, operation.failure_count) == ("PENDING", 0)


@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_body_without_an_operation(alice: Phone, body: bytes) -> None:
    assert error(authorize(alice, body)) == MALFORMED
    assert error(cancel(alice, body)) == MALFORMED


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"data": None},
        {"data": ["A1*A2199.40CZK*ICZ1"]},
        {"proximityCheck": "12345678"},
        {"proximityCheck": []},
        {"proximityCheck": {"otp": []}},
        {"proximityCheck": {"otp": "1" * 256}},
        {"mobileTokenData": "x" * 65535},
        {"mobileTokenData": {"a": ["ž" * 33000]}},
        {"mobileTokenData": {"a": "\x00"}},
    ],
)
def test_approval(alice: Phone, operation: Operation, members: dict[str, Any]) -> None:
    complete = {"data": operation.data} if members else {}
    answer = authorize(alice, {"id": str(operation.id), **complete, **members})
    assert error(answer) == MALFORMED
    assert _untouched(operation)


@pytest.mark.parametrize(
    "members",
    [
        {"reason": {"a": 7}},
        {"reason": ["UNKNOWN"]},
        {"reason": "x" * 256},
        {"reason": "a\x00b"},
        {"mobileTokenData": "x" * 65535},
    ],
)
def test_rejection(alice: Phone, operation: Operation, members: dict[str, Any]) -> None:
    assert error(cancel(alice, {"id": str(operation.id), **members})) == MALFORMED
    assert _untouched(operation)


def test_largest_mobile_token_data(alice: Phone, operation: Operation) -> None:
    payload = {"id": str(operation.id), "data": operation.data, "mobileTokenData": "x" * 65534}
    assert authorize(alice, payload).ok


def test_deep_nesting_is_no_json(alice: Phone, operation: Operation) -> None:
    body = b'{"requestObject":{"mobileTokenData":' + b"[" * 5000 + b"]" * 5000 + b"}}"
    assert error(authorize(alice, body)) == MALFORMED
    assert _untouched(operation)
