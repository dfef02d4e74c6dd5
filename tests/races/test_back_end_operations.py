"""Decisions that meet at the same moment: the row lock of the operation decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from operations.models import Operation
from operations.offline import offline
from operations.offline.targets import Target
from tests import wsgi
from tests.api.integration.back_end import post
from tests.bank import PIN, Bank, make_bank
from tests.races.crowd import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PARALLEL = 6


def _at_once(call: Callable[[], str]) -> list[str]:
    return at_once(call, times=PARALLEL)


def _outcome(method: str, members: dict[str, Any]) -> str:
    detail = post(wsgi.session(), f"operation/{method}", members).json()["responseObject"]
    return str(detail.get("result") or detail["code"])


def _approval(bank: Bank, operation: Operation, **members: object) -> dict[str, Any]:
    return {
        "operationId": str(operation.pk),
        "userId": "alice",
        "applicationId": bank.application.id,
        "data": operation.data,
        "signatureType": "POSSESSION_KNOWLEDGE",
        **members,
    }


def test_claims_and_releases_leave_at_most_one_owner() -> None:
    bank = make_bank()
    operation = bank.operation("")
    key = {"operationId": str(operation.pk)}
    calls = iter(
        [("claim", {**key, "userId": "alice"}), ("claim/release", {**key, "userId": "alice"})]
        * (PARALLEL // 2)
    )
    answers = _at_once(lambda: _released(*next(calls)))
    assert set(answers) == {"OK"}
    operation.refresh_from_db()
    assert (operation.user_id, operation.claimed_at is not None) in (("alice", True), ("", False))


def test_one_of_many_claims_wins() -> None:
    bank = make_bank()
    operation = bank.operation("")
    users = iter([f"user-{number}" for number in range(PARALLEL)])
    key = {"operationId": str(operation.pk)}
    answers = _at_once(lambda: _released("claim", {**key, "userId": next(users)}))
    assert answers == ["ERR0034"] * (PARALLEL - 1) + ["OK"]


def _released(method: str, members: dict[str, Any]) -> str:
    body = post(wsgi.session(), f"operation/{method}", members).json()
    return "OK" if body["status"] == "OK" else str(body["responseObject"]["code"])


def test_one_of_many_approvals_wins() -> None:
    bank = make_bank()
    operation = bank.operation("")
    users = iter([f"user-{number}" for number in range(PARALLEL)])
    answers = _at_once(lambda: _outcome("approve", _approval(bank, operation, userId=next(users))))
    assert answers == ["APPROVED"] + ["ERR0037"] * (PARALLEL - 1)
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == ("APPROVED", 0)
    assert operation.user_id.startswith("user-")


def test_every_wrong_approval_is_counted() -> None:
    bank = make_bank()
    operation = bank.operation("alice", max_failure_count=PARALLEL + 1)
    wrong = _approval(bank, operation, data="A2")
    assert _at_once(lambda: _outcome("approve", wrong)) == ["APPROVAL_FAILED"] * PARALLEL
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == ("PENDING", PARALLEL)


def test_the_last_attempt_is_used_once() -> None:
    bank = make_bank()
    operation = bank.operation("alice", max_failure_count=2)
    key = {"operationId": str(operation.pk)}
    answers = _at_once(lambda: _outcome("approve/fail", key))
    rest = ["ERR0036"] * (PARALLEL - 2)
    assert answers == ["APPROVAL_FAILED", *rest, "OPERATION_FAILED"]
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == ("FAILED", 2)


def test_one_of_many_typed_codes_wins_and_no_attempt_is_lost() -> None:
    bank = make_bank()
    alice = bank.phone("alice")
    operation = bank.operation("alice")
    made = offline.create(
        str(operation.pk),
        Target(activation_id=alice.activation_id),
        language="en",
        at=timezone.now(),
    )
    scanned = alice.scan(made.offline_data)
    codes = [alice.offline_code(scanned, pin=PIN) for _ in range(PARALLEL)]
    waiting = iter(codes)
    of_both = {"operationId": str(operation.pk), "activationId": alice.activation_id}
    answers = _at_once(lambda: _outcome("offline/approve", {**of_both, "code": next(waiting)}))
    assert answers == ["APPROVED"] + ["ERR0036"] * (PARALLEL - 1)
    operation.refresh_from_db()
    assert (operation.status, operation.failure_count) == ("APPROVED", 0)
    activation = bank.activation(alice)
    assert activation.failed_attempts == 0
    assert 1 <= activation.counter <= PARALLEL


def test_all_tellers_get_the_same_nonce() -> None:
    bank = make_bank()
    alice = bank.phone("alice")
    operation = bank.operation("alice")
    members = {"operationId": str(operation.pk), "activationId": alice.activation_id}

    def nonce() -> str:
        answer = post(wsgi.session(), "operation/offline/create", members).json()
        return str(answer["responseObject"]["nonce"])

    operation.refresh_from_db()
    assert operation.offline_nonce == ""
    assert len(set(_at_once(nonce))) == 1
    operation.refresh_from_db()
    assert operation.offline_nonce == nonce()
