"""From an operation to the messages of phones, with everything between: push-and-inbox.md 11."""

import pytest

from inbox.models import InboxMessage
from operations.models import Operation, OperationTemplate
from powerauth.phone.phone import Phone
from push.models import PushDelivery, PushMessage
from tests import wsgi
from tests.api.integration.back_end import post
from tests.api.push_server import post as post_to_push_server
from tests.bank import PIN, Bank
from tests.push.accounts import every_provider

pytestmark = [pytest.mark.django_db, pytest.mark.main_path, pytest.mark.embedded]


@pytest.fixture
def phones(bank: Bank) -> list[Phone]:
    """Two phones of Alice's and one of Bob's, which can be reached."""
    every_provider(bank.application.id)
    OperationTemplate.objects.update(
        rings=True, push_texts={"en": {"title": "Payment", "body": "To ${iban}"}}
    )
    phones = [bank.phone(user) for user in ("alice", "alice", "bob")]
    for number, phone in enumerate(phones):
        assert phone.register_push(f"token-{number}", platform="fcm").ok
    return phones


def _told(message: PushMessage) -> set[str]:
    rows = PushDelivery.objects.filter(message=message)
    return set(rows.values_list("activation_id", flat=True))


def _make(bank: Bank, **members: object) -> None:
    wanted = {
        "userId": "alice",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": "CZ1"},
        **members,
    }
    assert post(wsgi.session(), "operation/create", wanted).ok


def test_an_operation_rings_and_the_other_phone_hears_of_its_end(
    bank: Bank, phones: list[Phone]
) -> None:
    mine, other = (phone.activation_id for phone in phones[:2])
    _make(bank)
    operation = Operation.objects.get()
    assert phones[0].approve(str(operation.pk), operation.data, pin=PIN).ok
    created, ended = PushMessage.objects.order_by("pk")
    assert (created.silent, _told(created)) == (False, {mine, other})
    assert created.texts[""] == {"title": "Payment", "body": "To CZ1"}
    assert created.valid_until == operation.expires_at
    assert (ended.silent, ended.texts, _told(ended)) == (True, {}, {other})
    assert ended.content["body"]["extras"] == {
        "messageType": "mtoken.operationFinished",
        "operationId": str(operation.pk),
        "operationName": "payment",
        "mtokenOperationResult": "authentication.success",
    }
    for message in (created, ended):
        assert (message.source, message.cause) == ("operation", f"operation:{operation.pk}")


def test_an_operation_of_one_phone_rings_on_this_one(bank: Bank, phones: list[Phone]) -> None:
    _make(bank, activationId=phones[1].activation_id)
    assert _told(PushMessage.objects.get()) == {phones[1].activation_id}


def test_a_message_rings(bank: Bank, phones: list[Phone]) -> None:
    letter = {
        "userId": "bob",
        "type": "text",
        "subject": "Your card",
        "summary": "It is on its way",
        "body": "Dear Bob",
        "applications": [bank.application.id],
        "notify": True,
    }
    assert post_to_push_server(wsgi.session(), "inbox/messages", letter).ok
    message, rung = InboxMessage.objects.get(), PushMessage.objects.get()
    assert (rung.source, rung.silent, _told(rung)) == ("inbox", False, {phones[2].activation_id})
    assert rung.texts == {"": {"title": "Your card", "body": "It is on its way"}}
    extras = {"messageType": "mtoken.inboxMessage.new", "inboxId": str(message.pk)}
    assert rung.content["body"]["extras"] == extras
