"""Operations that are made or decided at the same moment, and how often phones hear of it."""

import pytest

from operations.models import Operation, OperationTemplate
from powerauth.announcements import Announcement
from tests import wsgi
from tests.api.integration.back_end import post
from tests.bank import PIN, Bank, make_bank
from tests.races.crowd import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PARALLEL = 8


def _make(bank: Bank) -> str:
    wanted = {
        "userId": "alice",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1"},
    }
    return str(post(wsgi.session(), "operation/create", wanted).json()["status"])


@pytest.fixture
def bank() -> Bank:
    bank = make_bank()
    OperationTemplate.objects.update(rings=True)
    return bank


def test_of_the_same_operations_one_rings(bank: Bank, announced: list[Announcement]) -> None:
    assert at_once(lambda: _make(bank), times=PARALLEL) == ["OK"] * PARALLEL
    assert sorted(news.silent for news in announced) == [False] + [True] * (PARALLEL - 1)


def test_of_many_decisions_the_one_that_counts_is_told(
    bank: Bank, announced: list[Announcement]
) -> None:
    phones = iter([bank.phone("alice") for _ in range(PARALLEL)])
    _make(bank)
    operation = Operation.objects.get()
    announced.clear()
    answers = at_once(
        lambda: str(next(phones).approve(str(operation.pk), operation.data, pin=PIN).status),
        times=PARALLEL,
    )
    assert answers == ["200"] + ["400"] * (PARALLEL - 1)
    operation.refresh_from_db()
    (news,) = announced
    assert news.extras["mtokenOperationResult"] == "authentication.success"
    assert news.besides == operation.additional_data["activationId"]
