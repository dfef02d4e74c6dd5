"""The end of messages, and of devices that nobody uses: push-and-inbox.md 10.4."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.worker import housekeeping
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationState
from powerauth.phone.phone import Phone
from push.models import PushDelivery, PushDevice, PushMessage, PushRinging
from push.outbox import retention
from tests.push.accounts import every_provider
from tests.push.outbox.providers import HELLO, FakeProvider, activation, device, messages, write

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def ways(transactional_db: None) -> None:
    every_provider("retail")


@pytest.mark.main_path
def test_a_message_is_finished_when_nobody_waits_for_it() -> None:
    device(1)
    write(replace(HELLO, personal=True))
    write()
    assert retention.finish(at=NOW) == 0
    FakeProvider().run()
    assert retention.finish(at=NOW, batch=1) == 2
    personal, other = messages()
    assert (personal.finished_at, personal.content, personal.texts) == (NOW, {}, {})
    assert (other.finished_at, other.content["body"]["title"]) == (NOW, "Hello")
    assert retention.finish(at=NOW) == 0


def test_a_message_that_one_device_waits_for_keeps_what_it_says() -> None:
    device(1)
    device(2)
    write(replace(HELLO, personal=True))
    first = PushDelivery.objects.order_by("pk").first()
    assert first is not None
    PushDelivery.objects.filter(pk=first.pk).update(state="processing")
    PushDelivery.objects.exclude(pk=first.pk).update(state="sent")
    assert retention.finish(at=NOW) == 0
    assert messages()[0].content


def test_finished_messages_go_with_their_deliveries(settings: Settings) -> None:
    settings.PUSH_MESSAGE_RETENTION_DAYS = 30
    device(1)
    for days in (29.9, 30):
        (key,) = write()
        PushMessage.objects.filter(pk=key).update(finished_at=NOW - days * DAY)
    write()
    assert retention.prune_messages(at=NOW, batch=1) == 1
    assert PushMessage.objects.count() == PushDelivery.objects.count() == 2


def test_quiet_users_are_forgotten() -> None:
    for seconds in (59, 60):
        since = NOW - timedelta(seconds=seconds)
        PushRinging.objects.create(user_id=str(seconds), since=since, rung=3)
    assert retention.prune_messages(at=NOW) == 1
    assert PushRinging.objects.get().user_id == "59"


@pytest.mark.parametrize(("days", "left"), [(0, 2), (30, 1)])
def test_devices_that_do_not_register_any_more(settings: Settings, days: int, left: int) -> None:
    settings.PUSH_DEVICE_RETENTION_DAYS = days
    device(1, last_registered_at=NOW - 31 * DAY)
    device(2, last_registered_at=NOW - 29 * DAY)
    assert retention.prune_devices(at=NOW) == 2 - left
    assert PushDevice.objects.count() == left


@pytest.mark.parametrize("delete", [True, False])
def test_devices_of_removed_activations(
    settings: Settings, alice: Phone, bob: Phone, delete: bool
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    for phone in (alice, bob):
        assert phone.register_push("x", platform="fcm").ok
    device(1, is_active=False)
    lifecycle.remove(alice.activation_id, at=NOW)
    lifecycle.block(bob.activation_id, at=NOW)
    settings.PUSH_DELETE_ON_REMOVAL = delete
    assert Activation.objects.filter(state=ActivationState.REMOVED).count() == 1
    assert retention.prune_devices(at=NOW, batch=1) == int(delete)
    names = set(PushDevice.objects.values_list("activation_id", flat=True))
    expected = {activation(1), bob.activation_id}
    assert names == (expected if delete else expected | {alice.activation_id})


def test_the_worker_does_them() -> None:
    names = {"finished push messages", "old push messages", "push devices"}
    assert names <= set(housekeeping.TASKS)
    assert [housekeeping.TASKS[name](NOW) for name in sorted(names)] == [0, 0, 0]
