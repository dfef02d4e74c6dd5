"""What of a message is sent to which device, and what is not."""

from dataclasses import replace

import pytest
from django.utils import timezone

from push.credentials import services
from push.messages.values import Text
from push.models import PushAppCredentials, PushDelivery, PushDevice, PushMessage
from push.outbox import claim
from push.providers.values import FcmAccount
from tests.push.accounts import fcm
from tests.push.outbox.providers import (
    HELLO,
    FakeProvider,
    activation,
    device,
    only,
    states,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.main_path
def test_what_is_due_is_sent_once(provider: FakeProvider) -> None:
    device(1)
    device(2, platform="hms")
    write()
    assert provider.run() == 2
    assert provider.run() == 0
    assert sorted(provider.tokens) == ["token-1", "token-2"]
    assert {content.title.text for content, _ in provider.sent} == {"Hello"}
    assert set(states()) == {("sent", "")}
    sent = PushDelivery.objects.first()
    assert sent is not None
    assert (sent.attempts, sent.lease_until) == (1, None)
    assert sent.finished_at == sent.attempted_at is not None


def test_a_client_is_made_once_and_anew_after_a_change(
    row: PushAppCredentials, provider: FakeProvider
) -> None:
    device(1)
    with provider.dispatcher() as dispatcher:
        for _ in range(3):
            write()
            while dispatcher.turn():
                pass
        assert len(provider.credentials) == 1
        services.put(row, fcm(project_id="retail-2"), at=timezone.now())
        write()
        while dispatcher.turn():
            pass
    projects = [each.project_id for each in provider.credentials if isinstance(each, FcmAccount)]
    assert projects == ["retail-1", "retail-2"]
    assert provider.closed == 1, "the one in use; the former one is closed when its time is over"


def test_the_token_is_the_one_of_now(provider: FakeProvider) -> None:
    device(1)
    write()
    PushDevice.objects.update(push_token="new")
    provider.run()
    assert provider.tokens == ["new"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"activation_id": activation(9)}, "DeviceGone"),
        ({"platform": "hms"}, "DeviceGone"),
        ({"is_active": False}, "DeviceInactive"),
    ],
)
def test_a_device_that_may_not_get_it_any_more(
    provider: FakeProvider, changes: dict[str, object], reason: str
) -> None:
    device(1)
    write(replace(HELLO, personal=True))
    PushDevice.objects.update(**changes)
    provider.run()
    assert provider.sent == []
    assert states() == [("failed", reason)]
    assert only().attempts == 0


def test_an_inactive_device_gets_what_is_not_personal(provider: FakeProvider) -> None:
    device(1, is_active=False)
    write()
    provider.run()
    assert provider.tokens == ["token-1"]


@pytest.mark.parametrize(
    ("language", "title"), [("cs", "Platba"), ("de", "Payment"), ("", "Payment")]
)
def test_texts_are_in_the_language_of_the_device(
    provider: FakeProvider, language: str, title: str
) -> None:
    device(1, language=language)
    texts = {"": {"title": "Payment", "body": "x"}, "cs": {"title": "Platba", "body": "y"}}
    write(replace(HELLO, title=Text(), body=Text()), texts=texts)
    provider.run()
    assert provider.sent[0][0].title.text == title


def test_what_was_silenced_arrives_silently(provider: FakeProvider) -> None:
    device(1)
    write()
    PushMessage.objects.update(silent=True)
    provider.run()
    assert provider.sent[0][0].silent


def test_stored_content_that_is_no_message_fails_alone(provider: FakeProvider) -> None:
    device(1)
    (broken,) = write()
    PushMessage.objects.filter(pk=broken).update(content={"body": {"badge": "x"}})
    write()
    provider.run()
    assert states() == [("failed", "InvalidMessage"), ("sent", "")]


def test_what_nobody_can_read_holds_up_nothing(provider: FakeProvider) -> None:
    device(1)
    write(texts={"": {"heading": "x"}})
    write()
    provider.run()
    assert states() == [("pending", "InternalError"), ("sent", "")]


def test_much_that_is_too_late_ends_at_once(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "ENDED_BATCH", 2)
    for number in range(5):
        device(number)
    write()
    PushDelivery.objects.update(expires_at=timezone.now())
    provider.run()
    assert states() == [("expired", "")] * 5
