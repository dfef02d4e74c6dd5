"""The front page of the back office."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enrollment_server.dashboard import figures
from operations.models import OperationStatus
from powerauth.phone.phone import Phone
from tests.admin.office import staff
from tests.bank import PIN, Bank


@pytest.fixture
def day(bank: Bank, alice: Phone) -> None:
    """One operation approved after a wrong PIN, one rejected, one waiting, some of other days."""
    shown = alice.operation(str(bank.operation("alice").pk))
    alice.approve(shown, pin="9999")
    assert alice.approve(shown, pin=PIN).ok
    assert alice.reject(str(bank.operation("alice").pk), "UNEXPECTED_OPERATION").ok
    bank.operation("alice")
    now = timezone.now()
    bank.operation("alice", created_at=now - timedelta(hours=2))
    old = now - timedelta(days=3)
    bank.operation("alice", created_at=old, finalized_at=old, status="APPROVED")


def test_figures_and_charts(
    chief: Client,
    day: None,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with django_assert_max_num_queries(20):
        answer = chief.get("/admin/")
    assert [figure["number"] for figure in answer.context["figures"]] == ["1", "1", "1", "1"]
    by_state, decisions, refusals = (
        json.loads(chart["data"])["datasets"] for chart in answer.context["charts"]
    )
    assert dict(zip(OperationStatus.values, by_state[0]["data"], strict=True)) == {
        "PENDING": 1,
        "APPROVED": 1,
        "REJECTED": 1,
        "CANCELED": 0,
        "EXPIRED": 1,
        "FAILED": 0,
    }
    assert [sum(line["data"]) for line in decisions] == [1, 1]
    assert len(decisions[0]["data"]) == 24
    assert sum(refusals[0]["data"]) == 1
    for figure in answer.context["figures"]:
        assert chief.get(figure["link"]).status_code == 200


def test_figures_are_counted_up_to_a_limit(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "LIMIT", 2)
    for _ in range(3):
        bank.operation("alice")
    assert str(figures.waiting(timezone.now())) == "2+"


@pytest.mark.parametrize(
    ("permission", "numbers", "charts"),
    [
        ("operations.view_operation", 2, 2),
        ("powerauth.view_activation", 1, 0),
        ("powerauth.view_signatureaudit", 1, 1),
        ("inbox.view_inboxmessage", 0, 0),
    ],
)
@pytest.mark.django_db
def test_everybody_sees_what_they_may(permission: str, numbers: int, charts: int) -> None:
    answer = staff("some", permission).get("/admin/")
    assert len(answer.context["figures"]) == numbers
    assert len(answer.context["charts"]) == charts


def test_the_sidebar_leads_only_where_one_may_go(db: None) -> None:
    text = staff("some", "inbox.view_inboxmessage").get("/admin/").content.decode()
    assert "/admin/inbox/inboxmessage/" in text
    assert "/admin/operations/operation/" not in text and "/admin/auth/user/" not in text
