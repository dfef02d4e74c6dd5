"""What phones are told of new operations: push-and-inbox.md 11."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from operations.decisions import creation, expiry, services
from operations.decisions.creation import NewOperation
from operations.models import Operation, OperationTemplate
from powerauth.announcements import Announcement, News
from powerauth.engine.activations import flags
from tests.bank import Bank
from tests.factories import OperationTemplateFactory

AMOUNT = {"amount": "2199.40", "currency": "CZK", "iban": "CZ1"}
GENERIC = News(title="New request", body="Open the app to see it, and approve or reject it.")


@pytest.fixture(autouse=True)
def _ringing(bank: Bank) -> None:
    OperationTemplate.objects.update(rings=True)


def _created(bank: Bank, **values: Any) -> Operation:
    wanted = {
        "template_name": "payment",
        "applications": [bank.application.id],
        "user_id": "alice",
        "parameters": AMOUNT,
        **values,
    }
    operation = creation.create(NewOperation(**wanted), at=timezone.now())
    operation.refresh_from_db()
    return operation


def _cancel(operation: Operation) -> None:
    services.cancel(str(operation.pk), reason=None, additional_data=None, at=timezone.now())


@pytest.mark.main_path
def test_phones_are_told_of_a_new_operation_and_nothing_of_what_it_is_about(
    bank: Bank, announced: list[Announcement]
) -> None:
    operation = _created(bank)
    (news,) = announced
    assert operation.announced
    assert news == Announcement(
        user_id="alice",
        application_ids=[bank.application.id],
        cause=f"operation:{operation.pk}",
        category="payment",
        texts=news.texts,
        extras={
            "messageType": "mtoken.operationInit",
            "operationId": str(operation.pk),
            "operationName": "payment",
        },
        valid_until=operation.expires_at,
    )
    assert news.texts["en"] == news.texts[""] == GENERIC
    assert set(news.texts) > {"en", "cs", ""}


def test_a_template_that_does_not_ring_tells_nothing(
    bank: Bank, announced: list[Announcement]
) -> None:
    OperationTemplate.objects.update(rings=False)
    operation = _created(bank)
    _cancel(operation)
    assert (operation.announced, announced) == (False, [])


def test_templates_are_quiet_unless_somebody_lets_them_ring(bank: Bank) -> None:
    assert not OperationTemplateFactory.create(template_name="another").rings


def test_what_somebody_claims_has_rung_for_nobody(
    bank: Bank, announced: list[Announcement]
) -> None:
    operation = _created(bank, user_id=None)
    services.claim(str(operation.pk), user_id="alice", at=timezone.now())
    _cancel(operation)
    assert (operation.announced, announced) == (False, [])


def test_what_no_phone_can_approve_rings_on_none(bank: Bank, announced: list[Announcement]) -> None:
    OperationTemplate.objects.update(signature_types=["KNOWLEDGE"])
    assert not _created(bank).announced
    assert announced == []


def test_an_operation_of_one_phone_rings_on_this_one(
    bank: Bank, announced: list[Announcement]
) -> None:
    bank.phone("alice")
    bound = bank.phone("alice").activation_id
    _cancel(_created(bank, user_id=None, activation_id=bound))
    assert [(news.user_id, news.activation_ids) for news in announced] == [("alice", [bound])] * 2


def test_an_operation_that_needs_a_flag_rings_where_it_can_be_approved(
    bank: Bank, announced: list[Announcement]
) -> None:
    bank.phone("alice")
    assert not _created(bank, activation_flag="VIP").announced
    flagged = bank.phone("alice").activation_id
    flags.add(flagged, ["VIP"])
    assert _created(bank, activation_flag="VIP").announced
    assert [news.activation_ids for news in announced] == [[flagged]]


@pytest.mark.main_path
def test_the_same_once_more_does_not_ring_while_the_first_waits(
    bank: Bank, announced: list[Announcement]
) -> None:
    first, second = _created(bank), _created(bank)
    assert second.announced
    assert [(news.silent, bool(news.texts)) for news in announced] == [(False, True), (True, False)]
    assert announced[1].extras["operationId"] == str(second.pk)
    for operation in (first, second):
        _cancel(operation)
    _created(bank)
    assert not announced[-1].silent


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {**AMOUNT, "amount": "2199.41"}},
        {"user_id": "bob"},
        {"template_name": "another"},
    ],
)
def test_anything_else_rings(
    bank: Bank, announced: list[Announcement], changes: dict[str, Any]
) -> None:
    OperationTemplateFactory.create(template_name="another", rings=True)
    _created(bank)
    _created(bank, **changes)
    assert [news.silent for news in announced] == [False, False]


def test_what_is_over_mutes_nothing_though_nobody_has_marked_it(
    bank: Bank, announced: list[Announcement]
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Operation.objects.filter(pk=_created(bank).pk).update(expires_at=past)
    _created(bank)
    assert [news.silent for news in announced] == [False, False]


def test_what_nobody_was_told_of_mutes_nothing(bank: Bank, announced: list[Announcement]) -> None:
    OperationTemplate.objects.update(rings=False)
    _created(bank)
    OperationTemplate.objects.update(rings=True)
    _created(bank)
    assert [news.silent for news in announced] == [False]


def test_what_expires_is_told_quietly(bank: Bank, announced: list[Announcement]) -> None:
    told, untold = _created(bank), bank.operation("alice")
    at = told.expires_at + timedelta(seconds=1)
    announced.clear()
    assert expiry.expire(at=at) == 2
    untold.refresh_from_db()
    assert untold.status == "EXPIRED"
    assert announced == [
        Announcement(
            user_id="alice",
            application_ids=[bank.application.id],
            cause=f"operation:{told.pk}",
            category="payment",
            silent=True,
            extras={
                "messageType": "mtoken.operationFinished",
                "operationId": str(told.pk),
                "operationName": "payment",
                "mtokenOperationResult": "operation.timeout",
            },
            valid_until=at + timedelta(hours=1),
        )
    ]
