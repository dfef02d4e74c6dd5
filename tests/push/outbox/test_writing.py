"""Who gets a message, and what is written of it: push-and-inbox.md 4.3 and 11."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth import announcements
from powerauth.announcements import Announcement, News
from push.credentials import services
from push.models import Platform, PushDelivery, PushMessage, PushRinging
from tests.push.accounts import every_provider
from tests.push.outbox.providers import HELLO, activation, device, messages, states, write

pytestmark = [pytest.mark.django_db, pytest.mark.main_path]
NOW = timezone.now()


@pytest.fixture(autouse=True)
def ways(db: None) -> None:
    every_provider("retail")


def told(**values: object) -> Announcement:
    whole: dict[str, object] = {
        "user_id": "alice",
        "application_ids": ["retail"],
        "cause": "operation:1",
        "category": "payment",
        "texts": {"": News(title="Payment", body="Please approve")},
        "extras": {"messageType": "mtoken.operationInit"},
        **values,
    }
    return Announcement(**whole)  # type: ignore[arg-type]


def announce(announcement: Announcement, *, seconds: float = 0) -> None:
    with transaction.atomic():
        announcements.announce(announcement, at=NOW + timedelta(seconds=seconds))


def owners() -> set[str]:
    return set(PushDelivery.objects.values_list("activation_id", flat=True))


def test_every_device_of_the_user_in_the_application() -> None:
    device(1)
    device(2, platform="apns", environment="production")
    device(3, user="bob")
    device(4, application_id="business")
    (key,) = write()
    message = PushMessage.objects.get(pk=key)
    assert (message.application_id, message.user_id, message.source) == ("retail", "alice", "api")
    assert message.content["body"] == {"title": "Hello", "body": "You have a message"}
    assert owners() == {activation(1), activation(2)}
    assert states() == [("pending", ""), ("pending", "")]


def test_without_devices_nothing_is_written() -> None:
    device(1, user="bob")
    assert write() == []
    assert not PushMessage.objects.exists()


def test_personal_messages_skip_inactive_devices() -> None:
    device(1)
    device(2, is_active=False)
    write(replace(HELLO, personal=True))
    assert owners() == {activation(1)}
    write(activation_ids=[activation(2)])
    assert owners() == {activation(1), activation(2)}


def test_one_device_only_and_all_but_one() -> None:
    for number in (1, 2, 3):
        device(number)
    write(activation_ids=[activation(2)])
    assert owners() == {activation(2)}
    PushDelivery.objects.all().delete()
    write(besides=activation(2))
    assert owners() == {activation(1), activation(3)}


def test_devices_of_a_platform_without_credentials_count_as_failed() -> None:
    row = services.find("retail")
    assert row is not None
    services.remove(row, Platform.HMS, at=NOW)
    device(1, platform="hms")
    device(2, platform="fcm")
    write()
    assert sorted(states()) == [("failed", "NoCredentials"), ("pending", "")]
    assert PushDelivery.objects.get(platform="hms").finished_at is not None


def test_removed_credentials_fail_what_waits_for_them() -> None:
    device(1)
    write()
    row = services.find("retail")
    assert row is not None
    services.remove(row, Platform.FCM, at=NOW)
    assert states() == [("failed", "NoCredentials")]


def test_several_users_and_applications_get_a_message_each() -> None:
    every_provider("business")
    device(1)
    device(2, application_id="business")
    device(3, user="bob")
    keys = write(user_ids=["alice", "bob", "nobody"], application_ids=["retail", "business"])
    assert len(keys) == 3
    assert {(each.user_id, each.application_id) for each in messages()} == {
        ("alice", "retail"),
        ("alice", "business"),
        ("bob", "retail"),
    }


def test_expiry_is_the_validity_or_that_of_the_settings(settings: Settings) -> None:
    settings.PUSH_VALIDITY_S = 60
    device(1)
    write(at=NOW)
    write(replace(HELLO, valid_until=NOW + timedelta(hours=3)), at=NOW)
    expiries = PushDelivery.objects.order_by("pk").values_list("expires_at", flat=True)
    assert list(expiries) == [NOW + timedelta(seconds=60), NOW + timedelta(hours=3)]


def test_what_is_too_late_from_the_first_waits_for_nobody() -> None:
    device(1)
    write(replace(HELLO, valid_until=NOW), at=NOW)
    assert states() == [("expired", "")]
    assert PushDelivery.objects.get().finished_at == NOW


# --- Announcements -------------------------------------------------------------------------------


def test_an_announcement_is_a_personal_message_in_several_languages() -> None:
    device(1)
    device(2)
    device(3, is_active=False)
    texts = {"": News(title="a", body="b"), "cs": News(title="c", body="d")}
    announce(told(texts=texts, besides=activation(2)))
    (message,) = messages()
    assert (message.source, message.cause, message.personal) == ("operation", "operation:1", True)
    assert message.texts == {
        "": {"title": "a", "body": "b"},
        "cs": {"title": "c", "body": "d"},
    }
    assert message.content["body"] == {
        "sound": "default",
        "category": "payment",
        "extras": {"messageType": "mtoken.operationInit"},
    }
    assert owners() == {activation(1)}


def test_an_announcement_for_some_activations_is_for_nobody_else() -> None:
    for number in (1, 2, 3):
        device(number)
    announce(told(activation_ids=[activation(1), activation(3)]))
    assert owners() == {activation(1), activation(3)}
    announce(told(activation_ids=[]))
    assert len(messages()) == 1


def test_a_silent_announcement_makes_no_sound() -> None:
    device(1)
    announce(told(silent=True, texts={}, cause="inbox:7"))
    (message,) = messages()
    assert (message.silent, message.source) == (True, "inbox")
    assert "sound" not in message.content["body"]
    assert not PushRinging.objects.exists()


def test_an_announcement_without_a_device_or_credentials_writes_nothing() -> None:
    announce(told())
    device(1, application_id="business")
    announce(told(application_ids=["business"]))
    announce(told(user_id=""))
    assert not messages()
    assert not PushRinging.objects.exists()


def test_another_push_server_is_left_to_the_bank(settings: Settings) -> None:
    settings.PUSH_SERVICE_URL = "https://push.bank.example"
    device(1)
    announce(told())
    assert not messages()


def test_an_announcement_that_is_rolled_back_leaves_nothing() -> None:
    device(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        announcements.announce(told(), at=NOW)
        raise RuntimeError
    assert not messages()


def test_phones_ring_so_often_in_a_minute_and_then_hear_silently(settings: Settings) -> None:
    settings.PUSH_RINGING_PER_MINUTE = 2
    device(1)
    device(2, platform="apns")
    device(3, user="bob")
    for seconds in (0, 1, 2, 59, 60.1):
        announce(told(), seconds=seconds)
    announce(told(user_id="bob"), seconds=3)
    loud = [(each.user_id, each.silent) for each in messages()]
    assert loud == [
        *(("alice", False), ("alice", False), ("alice", True), ("alice", True)),
        *(("alice", False), ("bob", False)),
    ]


def test_nothing_rings_where_the_limit_is_zero(settings: Settings) -> None:
    settings.PUSH_RINGING_PER_MINUTE = 0
    device(1)
    announce(told())
    assert messages()[0].silent


def test_messages_of_back_ends_are_not_limited(settings: Settings) -> None:
    settings.PUSH_RINGING_PER_MINUTE = 0
    device(1)
    write()
    assert not messages()[0].silent
