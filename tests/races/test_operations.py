"""Simultaneous decisions about operations: one winner, the documented error for the rest."""

from collections import Counter
from functools import partial

import pytest

from operations.models import Operation
from powerauth.engine.activations import flags
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from tests.bank import PIN, Bank
from tests.races.crowd import CROWD, together

pytestmark = pytest.mark.postgresql
ROUNDS = 8
WON = (200, None)
FINISHED = (400, "OPERATION_ALREADY_FINISHED")
FAILED = (400, "OPERATION_ALREADY_FAILED")
REFUSED = (401, "OPERATION_FAILED")
TAKEN = (400, "INVALID_OPERATION")
LACKING = (400, "OPERATION_REQUIRES_ACTIVATION_FLAG")


def _outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, None if answer.ok else answer.code


def _phones(bank: Bank, count: int = CROWD) -> list[Phone]:
    """Give several phones of one user."""
    return [bank.phone("alice") for _ in range(count)]


def _approve(phone: Phone, operation: Operation, data: str | None = None) -> tuple[int, str | None]:
    return _outcome(phone.approve(str(operation.id), data or operation.data, pin=PIN))


def _reject(phone: Phone, operation: Operation) -> tuple[int, str | None]:
    return _outcome(phone.reject(str(operation.id)))


def test_approve_against_approve_has_one_winner(busy_bank: Bank) -> None:
    phones = _phones(busy_bank)
    for _ in range(ROUNDS):
        operation = busy_bank.operation("alice")
        outcomes = together([partial(_approve, phone, operation) for phone in phones])
        assert Counter(outcomes) == {WON: 1, FINISHED: CROWD - 1}
        operation.refresh_from_db()
        assert (operation.status, operation.failure_count) == ("APPROVED", 0)
        winner = phones[outcomes.index(WON)]
        assert operation.additional_data["activationId"] == winner.activation_id


def test_only_phones_that_can_decide_win_a_claim(busy_bank: Bank) -> None:
    phones = [busy_bank.phone(f"user-{number}") for number in range(CROWD)]
    able = phones[::2]
    for phone in able:
        flags.add(phone.activation_id, ["VIP"])
    for phone in phones:
        phone.usual_token()
    for _ in range(ROUNDS):
        operation = busy_bank.operation("", activation_flag="VIP")
        outcomes = together([partial(_claim, phone, operation) for phone in phones])
        assert outcomes.count(WON) == 1
        assert set(outcomes) <= {WON, TAKEN, LACKING}
        winner = phones[outcomes.index(WON)]
        assert winner in able
        operation.refresh_from_db()
        assert operation.user_id == busy_bank.activation(winner).user_id


def _claim(phone: Phone, operation: Operation) -> tuple[int, str | None]:
    path = "/api/auth/token/app/operation/detail/claim"
    return _outcome(phone.token_post(path, {"id": str(operation.id)}))


def test_approve_against_reject_has_one_winner(busy_bank: Bank) -> None:
    phones = _phones(busy_bank)
    for _ in range(ROUNDS):
        operation = busy_bank.operation("alice")
        outcomes = together(
            [
                partial(_approve, phone, operation)
                if index % 2
                else partial(_reject, phone, operation)
                for index, phone in enumerate(phones)
            ]
        )
        assert Counter(outcomes) == {WON: 1, FINISHED: CROWD - 1}
        operation.refresh_from_db()
        expected = "APPROVED" if outcomes.index(WON) % 2 else "REJECTED"
        assert (operation.status, operation.failure_count) == (expected, 0)


def test_claim_by_many_users_has_one_winner(busy_bank: Bank) -> None:
    phones = [busy_bank.phone(f"user-{number}") for number in range(CROWD)]
    for phone in phones:
        phone.token = phone.create_token()

    def claim(phone: Phone, operation_id: str) -> tuple[int, str | None]:
        path = "/api/auth/token/app/operation/detail/claim"
        return _outcome(phone.token_post(path, {"id": operation_id}))

    for _ in range(ROUNDS):
        operation = busy_bank.operation("")
        outcomes = together([partial(claim, phone, str(operation.id)) for phone in phones])
        assert Counter(outcomes) == {WON: 1, (400, "INVALID_OPERATION"): CROWD - 1}
        operation.refresh_from_db()
        assert operation.user_id == f"user-{outcomes.index(WON)}"


def test_simultaneous_wrong_approvals_are_all_counted(busy_bank: Bank) -> None:
    phones = _phones(busy_bank)
    for _ in range(ROUNDS):
        operation = busy_bank.operation("alice", max_failure_count=CROWD + 1)
        outcomes = together([partial(_approve, phone, operation, "A1*A1CZK") for phone in phones])
        assert Counter(outcomes) == {REFUSED: CROWD}
        operation.refresh_from_db()
        assert (operation.status, operation.failure_count) == ("PENDING", CROWD)


def test_simultaneous_wrong_approvals_fail_the_operation_at_the_limit(busy_bank: Bank) -> None:
    phones = _phones(busy_bank)
    operation = busy_bank.operation("alice", max_failure_count=5)
    outcomes = together([partial(_approve, phone, operation, "A1*A1CZK") for phone in phones])
    assert Counter(outcomes) == {REFUSED: 4, FAILED: CROWD - 4}
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == ("FAILED", 5)


def test_right_and_wrong_approvals_at_once_leave_one_decision(busy_bank: Bank) -> None:
    phones = _phones(busy_bank)
    for _ in range(ROUNDS):
        operation = busy_bank.operation("alice", max_failure_count=CROWD)
        outcomes = together(
            [
                partial(_approve, phone, operation, data)
                for phone, data in zip(phones, [None, "A1*A1CZK"] * (CROWD // 2), strict=True)
            ]
        )
        operation.refresh_from_db()
        assert outcomes.count(WON) == 1
        assert operation.status == "APPROVED"
        assert operation.failure_count == outcomes.count(REFUSED)
