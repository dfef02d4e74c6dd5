"""What the back office shows of push messages, and test messages to devices."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from powerauth.models import AuditRecord
from push.admin import trying
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import PushDelivery, PushDevice, PushMessage
from push.outbox import retention, waiting
from tests.admin.office import notices, staff, text_of
from tests.push.accounts import every_provider
from tests.push.outbox import providers

pytestmark = pytest.mark.django_db
MESSAGES = "/admin/push/pushmessage/"
DEVICES = "/admin/push/pushdevice/"
VIEW = "push.view_pushmessage"
READ = "push.read_pushmessage"
TEST = "push.send_test_pushmessage"
PERSONAL = Content(title=Text(text="Payment"), body=Text(text="To Bob"), personal=True)
WORDS = {"title": "Hello", "body": "Do you see me?"}

AtMost = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def device() -> PushDevice:
    every_provider("retail")
    return providers.device(1)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "PATIENCE_S", 0.0)


def listed(client: Client, **query: str) -> list[int]:
    answer = client.get(MESSAGES, query)
    assert answer.status_code == HTTPStatus.OK
    return [message.pk for message in answer.context["cl"].result_list]


def test_a_page_shows_what_became_of_a_message(chief: Client, device: PushDevice) -> None:
    providers.device(2, platform="hms")
    (key,) = providers.write()
    providers.FakeProvider(lambda content, target: providers.NO).run()
    text = text_of(chief.get(f"{MESSAGES}{key}/change/").content)
    assert device.activation_id in text and providers.activation(2) in text
    assert "PayloadEmpty" in text and "failed" in text
    assert "You have a message" in text
    assert device.push_token not in text


def test_the_list_finds_messages(chief: Client, device: PushDevice) -> None:
    providers.device(2, user="bob")
    (failed,) = providers.write()
    providers.FakeProvider(lambda content, target: providers.NO).run()
    (waiting,) = providers.write(user="bob", source="operation", cause="operation:op-1")
    assert listed(chief) == [waiting, failed]
    assert listed(chief, state="failed") == [failed]
    assert listed(chief, state="pending") == [waiting]
    assert listed(chief, state="sent") == []
    assert listed(chief, reason="PayloadEmpty") == [failed]
    assert listed(chief, reason="Other") == []
    assert listed(chief, source__exact="operation") == [waiting]
    assert listed(chief, user_id="bob") == [waiting]
    assert listed(chief, q="alice") == [failed]
    assert listed(chief, state="what?") == [waiting, failed]
    (choices,) = [
        spec.lookup_choices
        for spec in chief.get(MESSAGES).context["cl"].filter_specs
        if getattr(spec, "parameter_name", "") == "reason"
    ]
    assert choices == [("PayloadEmpty", "PayloadEmpty")]


def test_personal_messages_are_read_by_those_only_who_may(device: PushDevice) -> None:
    (key,) = providers.write(PERSONAL)
    page = f"{MESSAGES}{key}/change/"
    looking, reading = staff("looking", VIEW), staff("reading", VIEW, READ)
    assert "To Bob" not in looking.get(page).content.decode()
    assert "You may not read personal messages." in text_of(looking.get(page).content)
    assert "To Bob" in reading.get(page).content.decode()
    assert "To Bob" not in reading.get(MESSAGES).content.decode()
    providers.FakeProvider().run()
    retention.finish(at=timezone.now())
    text = text_of(reading.get(page).content)
    assert "To Bob" not in text and "what it said is forgotten" in text


def test_messages_need_their_permission_and_nobody_changes_them(device: PushDevice) -> None:
    (key,) = providers.write()
    page = f"{MESSAGES}{key}/"
    for client in (staff("none"), staff("reader", READ), staff("devices", "push.view_pushdevice")):
        assert client.get(MESSAGES).status_code == HTTPStatus.FORBIDDEN
        assert client.get(f"{page}change/").status_code == HTTPStatus.FORBIDDEN
    client = staff("some", VIEW, READ, TEST)
    assert client.get(f"{page}change/").status_code == HTTPStatus.OK
    for path in (f"{page}delete/", f"{MESSAGES}add/"):
        assert client.post(path, {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    client.post(f"{page}change/", {"user_id": "bob"})
    assert PushMessage.objects.get().user_id == "alice"


def test_pages_take_few_statements(
    chief: Client, device: PushDevice, django_assert_max_num_queries: AtMost
) -> None:
    for number in range(2, 12):
        providers.device(number)
    keys = [providers.write()[0] for _ in range(60)]
    for address, most in (
        (MESSAGES, 12),
        (f"{MESSAGES}?state=pending&reason=x", 12),
        (f"{MESSAGES}{keys[0]}/change/", 12),
    ):
        with django_assert_max_num_queries(most):
            assert chief.get(address).status_code == HTTPStatus.OK


def test_a_test_message_goes_to_one_device(device: PushDevice) -> None:
    other = providers.device(2)
    client = staff("some", "push.view_pushdevice", TEST)
    page = f"{DEVICES}{device.pk}"
    assert f"{page}/test/" in client.get(f"{page}/change/").content.decode()
    assert client.get(f"{page}/test/").status_code == HTTPStatus.OK
    assert not PushMessage.objects.exists()
    answer = client.post(f"{page}/test/", WORDS)
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "../change/")
    assert notices(answer) == ["Google: waiting"]
    delivery = PushDelivery.objects.select_related("message").get()
    assert delivery.activation_id == device.activation_id != other.activation_id
    message = delivery.message
    assert (message.source, message.user_id, message.silent) == ("test", "alice", False)
    assert message.valid_until is not None
    provider = providers.FakeProvider()
    provider.run()
    assert provider.tokens == [device.push_token]
    record = AuditRecord.objects.get()
    assert (record.action, record.actor_name, record.object_id) == (
        "admin/send_test",
        "some",
        device.activation_id,
    )
    assert json.loads(record.after) == {"messages": [message.pk]}


def test_what_the_provider_said_of_a_test_is_told(
    chief: Client, device: PushDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worker(message_ids: list[int], *, timeout_s: float) -> None:
        providers.FakeProvider(lambda content, target: providers.NO).run()

    monkeypatch.setattr(waiting, "wait", worker)
    answer = chief.post(f"{DEVICES}{device.pk}/test/", WORDS)
    assert notices(answer) == ["Google: failed (PayloadEmpty)"]


def test_a_test_message_needs_its_permission_and_both_words(device: PushDevice) -> None:
    path = f"{DEVICES}{device.pk}/test/"
    for client in (
        staff("none", "push.view_pushdevice", "push.change_pushdevice"),
        staff("blind", TEST),
    ):
        assert client.post(path, WORDS).status_code == HTTPStatus.FORBIDDEN
    client = staff("some", "push.view_pushdevice", TEST)
    for wrong in ({}, {"title": "x"}, {**WORDS, "title": "x" * 256}, {**WORDS, "body": "x" * 1025}):
        answer = client.post(path, wrong)
        assert answer.status_code == HTTPStatus.OK and answer.context["form"].errors
    assert not PushMessage.objects.exists()
    assert not AuditRecord.objects.exists()


def test_a_device_that_is_gone_gets_no_test(chief: Client, device: PushDevice) -> None:
    path = f"{DEVICES}{device.pk}/test/"
    device.delete()
    assert notices(chief.post(path, WORDS)) == ["It does not exist any more."]
