"""The contract of where devices are registered, embedded or remote."""

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.api.answers import OK, outcome
from tests.api.mobile_answers import INVALID, NO_ACTIVATION
from tests.api.push.wire import TOKEN_PATH
from tests.bank import PIN, VERSIONS, Bank, take_user_away

pytestmark = pytest.mark.usefixtures("push_server")


def _rows() -> list[tuple[str, str, str, str, str, bool]]:
    members = ("activation_id", "user_id", "application_id", "platform", "push_token", "is_active")
    return list(PushDevice.objects.order_by("pk").values_list(*members))


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_device_is_registered_by_token_and_by_signature(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    application = bank.application.id
    assert outcome(phone.register_push("A0B1C2", platform="ios")) == OK
    owner = (phone.activation_id, "alice", application)
    assert _rows() == [(*owner, "apns", "A0B1C2", True)]
    assert outcome(phone.register_push_signed("new", platform="fcm")) == OK
    assert _rows() == [(*owner, "fcm", "new", True)]


@pytest.mark.parametrize("vocabulary", ["1.9", "1.10"])
@pytest.mark.parametrize(
    ("platform", "stored"),
    [
        ("ios", "apns"),
        ("apns", "apns"),
        ("android", "fcm"),
        ("fcm", "fcm"),
        ("huawei", "hms"),
        ("hms", "hms"),
    ],
)
def test_six_names_in_both_vocabularies(
    alice: Phone, settings: Settings, vocabulary: str, platform: str, stored: str
) -> None:
    settings.PUSH_SERVICE_VOCABULARY = vocabulary
    assert outcome(alice.register_push("x", platform=platform, environment="production")) == OK
    assert PushDevice.objects.get().platform == stored


@pytest.mark.parametrize("platform", ["apns", "fcm", "hms"])
def test_environment_of_apple_is_kept(alice: Phone, settings: Settings, platform: str) -> None:
    settings.PUSH_SERVICE_VOCABULARY = "1.10"
    expected = "development" if platform == "apns" else ""
    assert outcome(alice.register_push("x", platform=platform, environment="development")) == OK
    assert PushDevice.objects.get().environment == expected
    assert outcome(alice.register_push("x", platform=platform)) == OK
    assert PushDevice.objects.get().environment == ""


@pytest.mark.parametrize("token", [" padded ", "x" * 1024, "\U0001f4f1", "č", "a+b&c=d%20"])
def test_token_is_opaque(alice: Phone, token: str) -> None:
    assert outcome(alice.register_push(token)) == OK
    assert PushDevice.objects.get().push_token == token


def test_users_share_a_phone(alice: Phone, bob: Phone) -> None:
    alice.register_push("shared")
    bob.register_push("shared")
    assert {row[1] for row in _rows()} == {"alice", "bob"}


def test_device_of_a_removed_activation_is_taken_over(bank: Bank, alice: Phone) -> None:
    alice.register_push("token")
    alice.remove(PIN)
    again = bank.phone("alice")
    assert outcome(again.register_push("token")) == OK
    assert [row[0] for row in _rows()] == [again.activation_id]


def test_application_is_the_callers(alice: Phone, mallory: Phone) -> None:
    alice.register_push("token")
    mallory.register_push("token")
    assert len({row[2] for row in _rows()}) == 2


def test_activation_of_nobody(alice: Phone) -> None:
    alice.create_token()
    take_user_away(alice)
    assert outcome(alice.register_push("token")) == NO_ACTIVATION
    assert _rows() == []


def test_malformed(alice: Phone) -> None:
    for body in ({"platform": "windows", "token": "x"}, {"platform": "ios"}, {"token": "x"}):
        assert outcome(alice.token_post(TOKEN_PATH, body)) == INVALID
    assert _rows() == []
