"""`operation/list` and `operation/list/pending`, as a server in front asks for them."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from operations.models import OperationStatus
from powerauth.engine.activations import flags
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, post, refusal
from tests.bank import Bank

METHODS = ("operation/list", "operation/list/pending")


def _ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in found]


@pytest.mark.parametrize("method", METHODS)
def test_applications_have_to_exist_and_are_named_once(
    http: requests.Session, bank: Bank, alice: Phone, method: str
) -> None:
    bank.operation("alice", applications=[bank.application.id, "gone"])
    for activation_id in (None, alice.activation_id):
        asked = {"userId": "alice", "activationId": activation_id}
        for applications in (["gone"], [bank.application.id, "gone"], [bank.application.id] * 2):
            assert refusal(post(http, method, {**asked, "applications": applications})) == "ERR0015"
        assert ok(http, method, applications=[bank.application.id], **asked)


@pytest.mark.main_path
@pytest.mark.parametrize("method", METHODS)
def test_pages_of_several_applications(
    http: requests.Session, bank: Bank, other_bank: Bank, method: str
) -> None:
    now = timezone.now()
    both = [bank.application.id, other_bank.application.id]
    made = [
        str(one.operation("alice", created_at=now - timedelta(seconds=number)).pk)
        for number, one in enumerate((bank, other_bank, bank))
    ]
    asked = {"userId": "alice", "applications": both}
    assert _ids(ok(http, method, **asked)) == made
    pages = [ok(http, method, **asked, pageNumber=number, pageSize=2) for number in range(3)]
    assert [_ids(page) for page in pages] == [made[:2], made[2:], []]
    assert _ids(ok(http, method, **{**asked, "applications": both[1:]})) == made[1:2]


@pytest.mark.main_path
@pytest.mark.parametrize("method", METHODS)
def test_an_activation_sees_what_it_may_decide(
    http: requests.Session, bank: Bank, alice: Phone, method: str
) -> None:
    free = bank.operation("alice")
    mine = bank.operation("alice", activation_id=alice.activation_id)
    others = bank.operation("alice", activation_id="0e9d2a9f-6b1c-4d0f-9d0f-0d8a1c0a8d3e")
    flagged = bank.operation("alice", activation_flag="VIP")
    asked = {"userId": "alice", "applications": [bank.application.id]}
    every = {str(one.pk) for one in (free, mine, others, flagged)}
    assert set(_ids(ok(http, method, **asked))) == every
    asked["activationId"] = alice.activation_id.upper()
    assert set(_ids(ok(http, method, **asked))) == every - {str(others.pk)}
    flags.add(alice.activation_id, ["OTHER", "MORE"])
    assert set(_ids(ok(http, method, **asked))) == {str(free.pk), str(mine.pk)}
    flags.add(alice.activation_id, ["VIP"])
    assert set(_ids(ok(http, method, **asked))) == every - {str(others.pk)}


def test_only_what_waits_is_pending(http: requests.Session, bank: Bank) -> None:
    waiting = bank.operation("alice")
    bank.operation("alice", expires_at=timezone.now() - timedelta(seconds=1))
    bank.operation("alice", status=OperationStatus.APPROVED)
    asked = {"userId": "alice", "applications": [bank.application.id]}
    assert _ids(ok(http, "operation/list/pending", **asked)) == [str(waiting.pk)]
    states = [row["status"] for row in ok(http, "operation/list", **asked)]
    assert sorted(states) == ["APPROVED", "EXPIRED", "PENDING"]
