"""Devices as back ends register them: push-and-inbox.md 3 and 13."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from enrollment_server import VERSION
from powerauth.engine.activations import lifecycle
from powerauth.models import Activation
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.api.push_server import (
    EMPTY,
    NO_APP,
    UNKNOWN_ID,
    done,
    get,
    malformed,
    post,
    refusal,
    result,
    send,
    violations,
)
from tests.bank import Bank
from tests.wsgi import BASE_URL

CREATE = "push/device/create"
MULTI = "push/device/create/multi"
DELETE = "push/device/delete"
STATUS = "push/device/status/update"
NO_ACTIVATION = ("ERROR_GENERIC", "Activation ID must not be null.")
NO_PLATFORM = ("ERROR_GENERIC", "Platform must not be null.")
NO_TOKEN = ("ERROR_GENERIC", "Push token must not be null or empty.")
NO_LIST = ("ERROR_GENERIC", "Activation ID list must not be null.")
EMPTY_LIST = ("ERROR_GENERIC", "Activation ID list must not empty.")
NO_ENVIRONMENT = (
    "ERROR_GENERIC",
    "Environment specified for a platform that does not support environment setting.",
)
UNKNOWN_APP = ("ERROR_GENERIC", "Application with given ID does not exist")
NOT_ACTIVE = (
    "ERROR_GENERIC",
    "Device registration failed because associated activation is not ACTIVE",
)
UNKNOWN_STATUS = (
    "ERROR_GENERIC",
    "Device registration failed because activation status is unknown",
)
FAILED = ("ERROR_GENERIC", "Device registration failed")
# Statements that begin and end transactions are not counted.
_FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def device(bank: Bank, phone: Phone, **changes: object) -> dict[str, Any]:
    """Give the object of a registration."""
    usual = {"appId": bank.application.id, "token": "A0B1", "platform": "apns"}
    return {**usual, "activationId": phone.activation_id, **changes}


def shared(bank: Bank, *phones: Phone, **changes: object) -> dict[str, Any]:
    """Give the object of a registration for several."""
    usual = {"appId": bank.application.id, "token": "A0B1", "platform": "fcm"}
    return {**usual, "activationIds": [phone.activation_id for phone in phones], **changes}


def states() -> dict[str, bool]:
    return dict(PushDevice.objects.values_list("user_id", "is_active"))


# --- Registration -------------------------------------------------------------------------------


@pytest.mark.main_path
def test_a_new_device(http: requests.Session, bank: Bank, alice: Phone) -> None:
    before = timezone.now()
    done(post(http, CREATE, device(bank, alice, environment="production")))
    row = PushDevice.objects.get()
    assert before <= row.last_registered_at <= timezone.now()
    assert (row.activation_id, row.user_id) == (alice.activation_id, "alice")
    assert (row.application_id, row.platform) == (bank.application.id, "apns")
    assert (row.push_token, row.environment, row.is_active) == ("A0B1", "production", True)


def test_the_same_again_and_a_new_token(http: requests.Session, bank: Bank, alice: Phone) -> None:
    done(post(http, CREATE, device(bank, alice, environment="development")))
    early = timezone.now() - timedelta(days=1)
    PushDevice.objects.update(last_registered_at=early)
    done(post(http, CREATE, device(bank, alice)))
    row = PushDevice.objects.get()
    assert row.last_registered_at > early
    assert (row.push_token, row.environment) == ("A0B1", "")
    done(post(http, CREATE, device(bank, alice, token="a0b1", platform="android")))
    again = PushDevice.objects.get()
    assert (again.pk, again.push_token, again.platform) == (row.pk, "a0b1", "fcm")


@pytest.mark.parametrize(
    ("platform", "stored"),
    [
        ("ios", "apns"),
        ("android", "fcm"),
        ("huawei", "hms"),
        ("apns", "apns"),
        ("fcm", "fcm"),
        ("hms", "hms"),
    ],
)
def test_six_platform_names(
    http: requests.Session, bank: Bank, alice: Phone, platform: str, stored: str
) -> None:
    done(post(http, CREATE, device(bank, alice, platform=platform, environment=None)))
    assert PushDevice.objects.get().platform == stored


def test_a_new_activation_takes_the_device_of_the_old(
    http: requests.Session, bank: Bank, alice: Phone, settings: Settings
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    done(post(http, CREATE, device(bank, alice)))
    lifecycle.remove(alice.activation_id, at=timezone.now())
    again = bank.phone("carol")
    done(post(http, CREATE, device(bank, again)))
    assert states() == {"carol": True}


def test_two_users_share_a_phone(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    done(post(http, CREATE, device(bank, alice)))
    done(post(http, CREATE, device(bank, bob)))
    assert states() == {"alice": True, "bob": True}


def test_the_phone_updates_what_the_back_end_registered(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    done(post(http, CREATE, device(bank, alice)))
    assert alice.register_push("C2D3", platform="ios").ok
    assert PushDevice.objects.get().push_token == "C2D3"


def test_statements_of_a_registration(http: requests.Session, bank: Bank, alice: Phone) -> None:
    done(post(http, CREATE, device(bank, alice)))
    with CaptureQueriesContext(connection) as captured:
        done(post(http, CREATE, device(bank, alice)))
    work = [q for q in captured.captured_queries if not q["sql"].startswith(_FRAME)]
    assert len(work) == 4  # lock, update, and the audit log looks before and after


# --- The state of the activation ----------------------------------------------------------------


def test_a_blocked_activation_is_registered_but_inactive(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    done(post(http, CREATE, device(bank, alice)))
    assert states() == {"alice": False}
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert states() == {"alice": True}
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert states() == {"alice": False}
    lifecycle.remove(alice.activation_id, at=timezone.now())
    assert states() == {}


def test_a_pending_activation_gets_active_with_its_device(
    http: requests.Session, bank: Bank
) -> None:
    phone = bank.phone("alice", commit=False)
    done(post(http, CREATE, device(bank, phone)))
    assert states() == {"alice": False}
    lifecycle.commit(phone.activation_id, at=timezone.now())
    assert states() == {"alice": True}


def test_a_created_activation(http: requests.Session, bank: Bank) -> None:
    bank.code("alice")
    activation_id = str(Activation.objects.get().pk)
    members = {"appId": bank.application.id, "token": "A0B1", "platform": "hms"}
    done(post(http, CREATE, {**members, "activationId": activation_id}))
    assert states() == {"alice": False}


def test_the_device_of_a_pending_activation_is_not_taken_over(
    http: requests.Session, bank: Bank, bob: Phone
) -> None:
    phone = bank.phone("alice", commit=False)
    done(post(http, CREATE, device(bank, phone)))
    done(post(http, CREATE, device(bank, bob)))
    assert states() == {"alice": False, "bob": True}


def test_an_activation_that_is_over(http: requests.Session, bank: Bank, alice: Phone) -> None:
    expired = bank.phone("carol", commit=False)
    Activation.objects.filter(pk=expired.activation_id).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    lifecycle.remove(alice.activation_id, at=timezone.now())
    for phone in (alice, expired):
        assert refusal(post(http, CREATE, device(bank, phone))) == NOT_ACTIVE
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("activation_id", [UNKNOWN_ID, "nonsense", "x" * 37])
def test_an_unknown_activation(
    http: requests.Session, bank: Bank, alice: Phone, activation_id: str
) -> None:
    members = device(bank, alice, activationId=activation_id)
    assert refusal(post(http, CREATE, members)) == UNKNOWN_STATUS
    assert not PushDevice.objects.exists()


def test_an_activation_of_another_application(
    http: requests.Session, bank: Bank, other_bank: Bank, mallory: Phone
) -> None:
    assert refusal(post(http, CREATE, device(bank, mallory))) == UNKNOWN_STATUS
    assert not PushDevice.objects.exists()


def test_an_unknown_application(http: requests.Session, bank: Bank, alice: Phone) -> None:
    assert refusal(post(http, CREATE, device(bank, alice, appId="nobody"))) == UNKNOWN_APP
    members = device(bank, alice, appId="nobody", activationId=UNKNOWN_ID)
    assert refusal(post(http, CREATE, members)) == UNKNOWN_APP
    assert not PushDevice.objects.exists()


# --- Requests that are refused ------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("appId", NO_APP),
        ("activationId", NO_ACTIVATION),
        ("platform", NO_PLATFORM),
        ("token", NO_TOKEN),
    ],
)
def test_a_missing_member(
    http: requests.Session, bank: Bank, alice: Phone, name: str, expected: object, value: object
) -> None:
    members = device(bank, alice)
    assert refusal(post(http, CREATE, {**members, name: value})) == expected
    del members[name]
    assert refusal(post(http, CREATE, members)) == expected
    assert not PushDevice.objects.exists()


def test_the_first_missing_member_is_told(http: requests.Session, db: None) -> None:
    assert refusal(post(http, CREATE, {})) == NO_APP
    assert refusal(post(http, CREATE, {"appId": "a"})) == NO_ACTIVATION
    assert refusal(post(http, CREATE, {"appId": "a", "activationId": "b"})) == NO_PLATFORM


@pytest.mark.parametrize("path", [CREATE, MULTI, DELETE])
def test_no_request(http: requests.Session, db: None, path: str) -> None:
    assert refusal(post(http, path, None)) == EMPTY
    assert refusal(send(http, path, {})) == EMPTY
    assert refusal(http.post(f"{BASE_URL}/{path}")) == EMPTY


def test_all_wrong_members_in_order_and_no_token(
    http: requests.Session, bank: Bank, alice: Phone
) -> None:
    wrong = {
        "environment": "test",
        "token": "x" * 1025,
        "platform": "windows" * 20,
        "activationId": "y" * 38,
    }
    response = post(http, CREATE, device(bank, alice, **wrong))
    assert violations(response) == [
        ("activationId", "y" * 38),
        ("platform", ("windows" * 20)[:64] + "…"),
        ("token", None),
        ("environment", "test"),
    ]
    assert "xx" not in response.text
    assert not PushDevice.objects.exists()


def test_limits_of_lengths(http: requests.Session, bank: Bank, alice: Phone) -> None:
    done(post(http, CREATE, device(bank, alice, token="x" * 1024)))
    assert PushDevice.objects.get().push_token == "x" * 1024
    assert violations(post(http, CREATE, device(bank, alice, environment=""))) == [
        ("environment", "")
    ]


@pytest.mark.parametrize("platform", ["android", "huawei", "fcm", "hms"])
@pytest.mark.parametrize("environment", ["development", "production"])
def test_an_environment_without_use(
    http: requests.Session, bank: Bank, alice: Phone, platform: str, environment: str
) -> None:
    members = device(bank, alice, platform=platform, environment=environment)
    assert refusal(post(http, CREATE, members)) == NO_ENVIRONMENT
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("value", [["x"], {"x": "y"}])
@pytest.mark.parametrize("name", ["appId", "token", "platform", "environment", "activationId"])
def test_a_member_of_another_type(
    http: requests.Session, bank: Bank, alice: Phone, name: str, value: object
) -> None:
    assert malformed(post(http, CREATE, device(bank, alice, **{name: value})))


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"requestObject":[1]}', b"\xff"])
@pytest.mark.parametrize("path", [CREATE, MULTI, DELETE, STATUS])
def test_malformed_json(http: requests.Session, db: None, path: str, body: bytes) -> None:
    if path == STATUS and b"requestObject" in body:
        return
    headers = {"Content-Type": "application/json"}
    response = http.post(f"{BASE_URL}/{path}", data=body, headers=headers)
    assert malformed(response)


# --- Several activations ------------------------------------------------------------------------


def test_several_activations(http: requests.Session, bank: Bank, alice: Phone, bob: Phone) -> None:
    pending = bank.phone("carol", commit=False)
    lifecycle.block(bob.activation_id, at=timezone.now())
    for _ in range(2):
        done(post(http, MULTI, shared(bank, alice, bob, pending, alice)))
        assert states() == {"alice": True, "bob": False, "carol": False}
    assert set(PushDevice.objects.values_list("push_token", flat=True)) == {"A0B1"}


def test_several_take_over_what_was_left_behind(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone, settings: Settings
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    gone = [bank.phone(name) for name in ("old-1", "old-2", "old-3")]
    done(post(http, MULTI, shared(bank, *gone)))
    for phone in gone:
        lifecycle.remove(phone.activation_id, at=timezone.now())
    done(post(http, MULTI, shared(bank, alice, bob)))
    assert states() == {"alice": True, "bob": True}


@pytest.mark.parametrize("wrong", [UNKNOWN_ID, "nonsense", ""])
def test_one_of_several_is_wrong(
    http: requests.Session, bank: Bank, alice: Phone, wrong: str
) -> None:
    members = shared(bank, activationIds=[alice.activation_id, wrong])
    assert refusal(post(http, MULTI, members)) == FAILED
    assert not PushDevice.objects.exists()


def test_one_of_several_is_removed(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    lifecycle.remove(bob.activation_id, at=timezone.now())
    assert refusal(post(http, MULTI, shared(bank, alice, bob))) == FAILED
    assert not PushDevice.objects.exists()


def test_refusals_for_several(http: requests.Session, bank: Bank, alice: Phone) -> None:
    def sent(**changes: object) -> requests.Response:
        return post(http, MULTI, shared(bank, alice, **changes))

    assert refusal(sent(appId=None)) == NO_APP
    assert refusal(sent(activationIds=None)) == NO_LIST
    assert refusal(sent(activationIds=[])) == EMPTY_LIST
    assert refusal(sent(platform=None)) == NO_PLATFORM
    assert refusal(sent(token="")) == NO_TOKEN
    assert refusal(sent(environment="production")) == NO_ENVIRONMENT
    assert refusal(sent(appId="nobody")) == UNKNOWN_APP
    assert malformed(sent(activationIds=[None]))
    assert malformed(sent(activationIds=alice.activation_id))
    assert violations(sent(activationIds=["x"] * 101)) == [("activationIds", 101)]
    assert violations(sent(activationIds=["x" * 38])) == [("activationIds", "x" * 38)]
    assert not PushDevice.objects.exists()


# --- Forgetting ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_forget_a_token(
    http: requests.Session,
    bank: Bank,
    other_bank: Bank,
    alice: Phone,
    bob: Phone,
    mallory: Phone,
    method: str,
) -> None:
    done(post(http, MULTI, shared(bank, alice, bob)))
    done(post(http, CREATE, device(other_bank, mallory)))
    members = {"appId": bank.application.id, "token": "A0B1"}
    for other in ({**members, "token": "a0b1"}, {**members, "appId": "nobody"}):
        done(post(http, DELETE, other, method=method))
    assert PushDevice.objects.count() == 3
    for _ in range(2):
        done(post(http, DELETE, members, method=method))
        assert PushDevice.objects.get().activation_id == mallory.activation_id


def test_forget_what(http: requests.Session, db: None) -> None:
    for method in ("POST", "DELETE"):
        assert refusal(post(http, DELETE, {"token": "x"}, method=method)) == NO_APP
        assert refusal(post(http, DELETE, {"appId": "x"}, method=method)) == NO_TOKEN
        assert refusal(post(http, DELETE, {"appId": "x", "token": ""}, method=method)) == NO_TOKEN


# --- News about an activation -------------------------------------------------------------------


@pytest.fixture
def devices(http: requests.Session, bank: Bank, alice: Phone, bob: Phone) -> None:
    done(post(http, MULTI, shared(bank, alice, bob)))


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("status", ["BLOCKED", "REMOVED", "CREATED", "PENDING_COMMIT"])
def test_a_status_that_is_told(
    http: requests.Session, devices: None, alice: Phone, status: str, method: str
) -> None:
    members = {"activationId": alice.activation_id}
    done(send(http, STATUS, {**members, "activationStatus": status}, method=method))
    assert states() == {"alice": False, "bob": True}
    done(send(http, STATUS, {**members, "activationStatus": "ACTIVE"}, method=method))
    assert states() == {"alice": True, "bob": True}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_status_that_is_looked_up(
    http: requests.Session, devices: None, alice: Phone, method: str
) -> None:
    members = {"activationId": alice.activation_id.upper()}
    PushDevice.objects.update(is_active=False)
    done(send(http, STATUS, members, method=method))
    assert states() == {"alice": True, "bob": False}
    Activation.objects.filter(pk=alice.activation_id).update(state=4)
    done(send(http, STATUS, {**members, "activationStatus": None}, method=method))
    assert states() == {"alice": False, "bob": False}


def test_late_news_do_not_activate(http: requests.Session, devices: None, alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    members = {"activationId": alice.activation_id, "activationStatus": "ACTIVE"}
    done(send(http, STATUS, members))
    assert states() == {"alice": False, "bob": True}


def test_a_callback_as_the_engine_sends_it(
    http: requests.Session, devices: None, alice: Phone
) -> None:
    callback = {
        "type": "ACTIVATION",
        "activationId": alice.activation_id,
        "userId": "alice",
        "activationName": "Mine",
        "deviceInfo": None,
        "platform": "ios",
        "protocol": "POWERAUTH",
        "activationFlags": ["A"],
        "activationStatus": "BLOCKED",
        "blockedReason": "LOST",
        "applicationId": "app",
    }
    done(send(http, STATUS, callback, headers={"Idempotency-Key": UNKNOWN_ID}))
    assert states() == {"alice": False, "bob": True}


@pytest.mark.parametrize("activation_id", [UNKNOWN_ID, "nonsense", "x" * 300])
@pytest.mark.parametrize("status", [None, "ACTIVE", "BLOCKED"])
def test_news_about_nobody(
    http: requests.Session, devices: None, activation_id: str, status: str | None
) -> None:
    done(send(http, STATUS, {"activationId": activation_id, "activationStatus": status}))
    assert states() == {"alice": True, "bob": True}


def test_news_that_are_refused(http: requests.Session, devices: None, alice: Phone) -> None:
    wrapped = {"requestObject": {"activationId": alice.activation_id}}
    for body in ({}, {"activationId": None}, {"activationStatus": "ACTIVE"}, wrapped):
        assert refusal(send(http, STATUS, body)) == NO_ACTIVATION
    for status in ("active", "LOST", "", 3, ["ACTIVE"]):
        named = {"activationId": alice.activation_id, "activationStatus": status}
        assert malformed(send(http, STATUS, named))
    assert refusal(http.post(f"{BASE_URL}/{STATUS}")) == EMPTY
    assert states() == {"alice": True, "bob": True}


# --- The service --------------------------------------------------------------------------------


def test_service_status(http: requests.Session, db: None) -> None:
    status = result(get(http, "push/service/status"))
    timestamp = status.pop("timestamp")
    assert status == {
        "applicationName": "powerauth-push",
        "applicationDisplayName": "PowerAuth Push Server",
        "applicationEnvironment": "",
        "version": VERSION,
        "buildTime": None,
    }
    assert len(timestamp) == len("2022-08-25T22:34:58.702+00:00")
    assert timestamp.endswith("+00:00")
