"""Devices in our own database, of activations that another server has."""

import pytest
import requests
from django.utils import timezone
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.phone.phone import Phone
from push.models import PushDevice
from tests.api.answers import OK, outcome
from tests.api.push_server import done, post, refusal, send
from tests.bank import Bank
from tests.remote.fault_server import fault_server, json_answer

STATUS = "activation/status"
UNKNOWN_ID = "12345678-1234-4234-8234-123456789012"
AWAY = ("ERROR_PA_SERVER_COMM", "PowerAuth Server cannot be reached")


def _device(activation_id: str, application_id: str) -> dict[str, str]:
    return {
        "appId": application_id,
        "token": "x",
        "platform": "fcm",
        "activationId": activation_id,
    }


def test_registration_asks_once(alice: Phone, bob: Phone, called: list[str]) -> None:
    for phone in (alice, bob):
        phone.create_token()
    called.clear()
    assert outcome(alice.register_push("shared")) == OK
    assert called == ["token/validate", STATUS]
    called.clear()
    # A phone that is new asks whose the others with its token are; from then on, it asks no more.
    assert outcome(bob.register_push("shared")) == OK
    assert called == ["token/validate", STATUS, STATUS]
    called.clear()
    assert outcome(bob.register_push("shared")) == OK
    assert called == ["token/validate", STATUS]
    assert PushDevice.objects.count() == 2


def test_device_left_behind_is_taken_over(bank: Bank, alice: Phone, called: list[str]) -> None:
    assert outcome(alice.register_push("token")) == OK
    before = PushDevice.objects.get()
    lifecycle.remove(alice.activation_id, at=timezone.now())
    PushDevice.objects.bulk_create([before])
    again = bank.phone("alice")
    assert outcome(again.register_push("token")) == OK
    assert [row.activation_id for row in PushDevice.objects.all()] == [again.activation_id]


def test_back_end_registers(
    bank: Bank, alice: Phone, bob: Phone, http: requests.Session, called: list[str]
) -> None:
    done(post(http, "push/device/create", _device(alice.activation_id, bank.application.id)))
    assert called == [STATUS]
    called.clear()
    several = _device("", bank.application.id)
    several.pop("activationId")
    ids = [alice.activation_id.upper(), bob.activation_id]
    done(post(http, "push/device/create/multi", {**several, "activationIds": ids}))
    assert called == [STATUS, STATUS]
    assert PushDevice.objects.count() == 2


@pytest.mark.parametrize(
    ("application_id", "message"),
    [
        ("", "Device registration failed because activation status is unknown"),
        ("nobody", "Application with given ID does not exist"),
    ],
)
def test_unknown_activation(
    bank: Bank,
    http: requests.Session,
    called: list[str],
    application_id: str,
    message: str,
) -> None:
    device = _device(UNKNOWN_ID, application_id or bank.application.id)
    assert refusal(post(http, "push/device/create", device)) == ("ERROR_GENERIC", message)
    assert called == [STATUS, "application/list"]


def test_state_is_what_the_other_server_says(
    alice: Phone, http: requests.Session, called: list[str]
) -> None:
    assert outcome(alice.register_push("token")) == OK
    named = {"activationId": alice.activation_id}
    lifecycle.block(alice.activation_id, at=timezone.now())
    for claimed, calls, active in (
        ({"activationStatus": "ACTIVE"}, [STATUS], False),
        ({}, [STATUS], False),
        ({"activationStatus": "BLOCKED"}, [], False),
    ):
        PushDevice.objects.update(is_active=True)
        called.clear()
        done(send(http, "push/device/status/update", {**named, **claimed}))
        assert (called, PushDevice.objects.get().is_active) == (calls, active)
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    done(send(http, "push/device/status/update", {**named, "activationStatus": "ACTIVE"}))
    assert PushDevice.objects.get().is_active


def test_server_that_is_away(
    bank: Bank, alice: Phone, http: requests.Session, settings: Settings
) -> None:
    assert outcome(alice.register_push("token")) == OK
    device = _device(alice.activation_id, bank.application.id)
    named = {"activationId": alice.activation_id}
    with fault_server() as away:
        away.behaviour = json_answer(503, None)
        settings.POWERAUTH_SERVICE_URL = away.url
        assert refusal(post(http, "push/device/create", device)) == AWAY
        assert refusal(send(http, "push/device/status/update", named)) == AWAY
        # What deactivates needs no answer of anybody.
        blocked = {**named, "activationStatus": "BLOCKED"}
        done(send(http, "push/device/status/update", blocked))
        assert len(away.requests) == 2
    row = PushDevice.objects.get()
    assert (row.push_token, row.is_active) == ("token", False)


def test_messages_are_read_without_asking_for_applications(
    bank: Bank, http: requests.Session, called: list[str]
) -> None:
    reader = {"userId": "alice", "appId": "nobody"}
    done(post(http, "inbox/messages/read-all", reader))
    assert called == []
