"""Push registration as apps send it: mobile-token-api.md 8."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.models import Activation
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.api.answers import OK, outcome
from tests.api.mobile_answers import INVALID, NO_ACTIVATION
from tests.api.push.wire import DEVICE, PATHS, SIGNED_PATH, TOKEN_PATH
from tests.bank import VERSIONS, Bank, take_user_away


def device(phone: Phone) -> PushDevice:
    return PushDevice.objects.get(activation_id=phone.activation_id)


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_registers(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    before = timezone.now()
    answer = phone.register_push("A0B1C2", platform="ios", environment="production")
    assert (answer.status, answer.content) == (200, b'{"status":"OK"}')
    row = PushDevice.objects.get()
    assert before <= row.last_registered_at <= timezone.now()
    assert (row.activation_id, row.user_id) == (phone.activation_id, "alice")
    assert (row.application_id, row.platform) == (bank.application.id, "apns")
    assert (row.push_token, row.environment, row.is_active) == ("A0B1C2", "production", True)
    assert outcome(phone.register_push_signed("a0b1c2", platform="apns")) == OK
    assert PushDevice.objects.get().push_token == "a0b1c2"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b'{\n  "requestObject": {\n    "platform": "ios",\n    "token": "10de0b9c-791f"\n  }\n}',
        b'{"requestObject":{"platform":"android","token":"10de0b9c-791f"}}',
        b'{"requestObject":{"token":"10de0b9c-791f","environment":null,"platform":"ios"}}',
        b'{"requestObject":{"platform":"ios","token":"10de0b9c-791f","x":[1,{"y":null}]},"z":1}',
    ],
)
def test_requests_as_written(alice: Phone, path: str, body: bytes) -> None:
    answer = alice.token_post(path, body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.content) == (200, b'{"status":"OK"}')
    assert device(alice).push_token == "10de0b9c-791f"


def test_utf8_media_type_and_no_media_type(alice: Phone) -> None:
    for media_type in ("application/json; charset=utf-8", "application/json;charset=UTF-8"):
        answer = alice.token_post(TOKEN_PATH, DEVICE, headers={"Content-Type": media_type})
        assert outcome(answer) == OK


@pytest.mark.parametrize("path", PATHS)
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
def test_six_platform_names(alice: Phone, path: str, platform: str, stored: str) -> None:
    assert outcome(alice.token_post(path, {"platform": platform, "token": "x"})) == OK
    assert device(alice).platform == stored


@pytest.mark.parametrize("environment", ["development", "production"])
def test_environment_is_kept_for_apple_only(alice: Phone, environment: str) -> None:
    assert outcome(alice.register_push("x", platform="apns", environment=environment)) == OK
    assert device(alice).environment == environment
    for platform in ("fcm", "android", "hms", "huawei"):
        assert outcome(alice.register_push("x", platform=platform, environment=environment)) == OK
        assert device(alice).environment == ""


@pytest.mark.parametrize("cleared", [{}, {"environment": None}])
def test_environment_is_cleared_when_absent(alice: Phone, cleared: dict[str, Any]) -> None:
    alice.register_push("x", platform="ios", environment="development")
    alice.token_post(TOKEN_PATH, {**DEVICE, **cleared})
    assert device(alice).environment == ""


@pytest.mark.parametrize("token", ["x", "AbC", " padded ", "x" * 1024, "\U0001f4f1" * 1024, "č"])
def test_token_is_opaque(alice: Phone, token: str) -> None:
    assert outcome(alice.register_push(token)) == OK
    assert device(alice).push_token == token


BAD_PLATFORMS: list[object] = [None, "", "IOS", "windows", " ios", 1, ["ios"]]
BAD_TOKENS: list[object] = [None, "", "  \t", ["x"], {}, "x" * 1025]
BAD_ENVIRONMENTS: list[object] = ["", "test", "Production", 1, False, []]
MALFORMED: list[object] = [
    b"",
    b" ",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff",
    b"{}",
    b'{"requestObject":null}',
    b'{"requestObject":[]}',
    b'{"requestObject":"ios"}',
    b'{"requestObject":{"platform":"ios","token":"a\\u0000b"}}',
    b'{"requestObject":{"platform":"ios","token":"\\ud800"}}',
    b'{"platform":"ios","token":"x"}',
    {},
    {"platform": "ios"},
    {"token": "x"},
    *({**DEVICE, "platform": value} for value in BAD_PLATFORMS),
    *({**DEVICE, "token": value} for value in BAD_TOKENS),
    *({**DEVICE, "environment": value} for value in BAD_ENVIRONMENTS),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", MALFORMED, ids=str)
def test_malformed(alice: Phone, path: str, body: object) -> None:
    assert outcome(alice.token_post(path, body)) == INVALID
    assert not PushDevice.objects.exists()


def test_a_bad_environment_is_refused_on_every_platform(alice: Phone) -> None:
    assert outcome(alice.register_push("x", platform="fcm", environment="test")) == INVALID


def test_a_malformed_body_under_a_signature_costs_the_signature(alice: Phone, bank: Bank) -> None:
    answer = alice.signed_post(SIGNED_PATH, b"{", resource_id=SIGNED_PATH, factors="possession")
    assert outcome(answer) == INVALID
    assert bank.activation(alice).counter == 1


def test_nothing_of_the_body_says_whose_device_it_is(alice: Phone, bob: Phone) -> None:
    foreign = {"activationId": bob.activation_id, "userId": "bob", "applicationId": "other"}
    assert outcome(alice.token_post(TOKEN_PATH, {**DEVICE, **foreign})) == OK
    row = PushDevice.objects.get()
    assert (row.activation_id, row.user_id) == (alice.activation_id, "alice")
    assert row.application_id == Activation.objects.get(id=alice.activation_id).application_id


def test_again_is_one_row_with_a_newer_time(alice: Phone) -> None:
    alice.register_push("x")
    first = device(alice)
    PushDevice.objects.update(last_registered_at=first.last_registered_at - timedelta(days=1))
    alice.register_push("x")
    second = PushDevice.objects.get()
    assert second.pk == first.pk
    assert second.last_registered_at >= first.last_registered_at


def test_two_users_of_one_phone(alice: Phone, bob: Phone) -> None:
    for phone in (alice, bob, alice):
        assert outcome(phone.register_push("shared")) == OK
    rows = PushDevice.objects.order_by("user_id").values_list("user_id", "push_token")
    assert list(rows) == [("alice", "shared"), ("bob", "shared")]


def test_the_same_token_in_another_application(alice: Phone, mallory: Phone) -> None:
    alice.register_push("shared")
    mallory.register_push("shared")
    assert PushDevice.objects.values("application_id").distinct().count() == 2


def test_a_new_activation_takes_over_the_token(bank: Bank, alice: Phone) -> None:
    alice.register_push("x")
    alice.remove("1234")
    assert not PushDevice.objects.exists()
    again = bank.phone("alice")
    assert outcome(again.register_push("x")) == OK
    assert device(again).is_active


def test_an_activation_without_a_user(alice: Phone) -> None:
    take_user_away(alice)
    for answer in (alice.register_push("x"), alice.register_push_signed("x")):
        assert outcome(answer) == NO_ACTIVATION
    assert not PushDevice.objects.exists()


def test_whole_error_bodies_are_strings(alice: Phone) -> None:
    body = json.loads(alice.token_post(TOKEN_PATH, {}).content)
    assert all(isinstance(value, str) for value in body["responseObject"].values())
