"""Phones that were activated at the Java servers go on at ours, without noticing."""

from pathlib import Path
from typing import Any

import pytest
import requests

from operations.models import Operation, OperationStatus
from powerauth.models import Activation, ActivationState, CallbackEvent
from powerauth.protocol.encoding import b64d
from powerauth.protocol.totp import totp
from push.models import PushDevice
from tests import wsgi
from tests.api.answers import OK, outcome
from tests.wultra.moving import move, moved_phone, moved_token
from tests.wultra.old_servers import OldServers

pytestmark = pytest.mark.django_db

# The phones of ACTIVE activations, by what the script that made them called them.
PHONES = ("p30", "p31", "p32", "p33", "p33b", "p32n")


@pytest.fixture(autouse=True)
def moved(old: OldServers, tmp_path: Path) -> None:
    assert move(old, tmp_path).status == 0


def _send(http: requests.Session, request: dict[str, Any]) -> int:
    answer = http.request(
        request["method"],
        wsgi.BASE_URL + request["path"],
        data=request["body"].encode(),
        headers={**request["header"], "Content-Type": "application/json"},
    )
    return answer.status_code


def test_every_active_phone_is_among_them(old: OldServers) -> None:
    assert {old.phone(each)["activationId"] for each in PHONES} == {
        str(row.pk) for row in Activation.objects.filter(state=ActivationState.ACTIVE)
    }


@pytest.mark.parametrize("purpose", PHONES)
def test_signatures_of_the_reference_client_are_accepted_once(
    old: OldServers, http: requests.Session, purpose: str
) -> None:
    phone = old.phone(purpose)
    row = Activation.objects.get(pk=phone["activationId"])
    assert (row.counter, row.failed_attempts) == (
        phone["serverCounter"],
        phone["serverFailedAttempts"],
    )
    assert phone["next"]
    for request in phone["next"]:
        assert _send(http, request) == 200
        assert _send(http, request) in (400, 401)  # whichever the API has for it
    row.refresh_from_db()
    assert row.counter == phone["next"][-1]["counter"] + 1


def test_a_phone_that_failed_twice_starts_again_at_zero(
    old: OldServers, http: requests.Session
) -> None:
    phone = old.phone("p32")
    row = Activation.objects.get(pk=phone["activationId"])
    assert row.failed_attempts == 2
    assert phone["counter"] == row.counter + 2
    assert _send(http, phone["next"][0]) == 200
    row.refresh_from_db()
    assert row.failed_attempts == 0


@pytest.mark.parametrize("number", [30, 31, 32, 33])
def test_the_last_request_approves_the_operation(
    old: OldServers, http: requests.Session, number: int
) -> None:
    operation = Operation.objects.get(pk=old.operation_id(f"next{number}"))
    assert operation.status == OperationStatus.PENDING
    for request in old.phone(f"p{number}")["next"]:
        assert _send(http, request) == 200
    operation.refresh_from_db()
    assert operation.status == OperationStatus.APPROVED
    assert operation.finalized_at is not None


@pytest.mark.parametrize("purpose", PHONES)
def test_tokens_of_the_phones_work(old: OldServers, purpose: str) -> None:
    phone = moved_phone(old, purpose)
    tokens = old.phone(purpose)["tokens"]
    if purpose == "p32n":
        assert tokens == []  # it never made one, and makes its first one here
        assert phone.create_token().token_id
        return
    assert tokens
    for kind in {token["signatureType"] for token in tokens}:
        answer = phone.token_post(
            "/api/auth/token/app/operation/list", {}, token=moved_token(tokens, kind)
        )
        assert answer.status == 200


def test_operations_list_approve_and_reject(old: OldServers) -> None:
    phone = moved_phone(old, "p30")
    ids = {operation["id"] for operation in phone.operations(language="cs")}
    assert ids == {old.operation_id(each) for each in ("next30", "next33b", "bound")}
    shown = phone.operation(old.operation_id("bound"), language="cs")
    assert shown["formData"]["title"] == "Platba 1234.50 CZK"
    pin = old.phone("p30")["pin"]
    assert outcome(phone.approve(shown, pin=pin)) == OK
    assert outcome(phone.reject(old.operation_id("next30"), "INCORRECT_DATA")) == OK
    assert [each["id"] for each in phone.operations()] == [old.operation_id("next33b")]
    statuses = {each["id"]: each["status"] for each in phone.history(pin)}
    assert statuses[old.operation_id("bound")] == "APPROVED"
    assert statuses[old.operation_id("next30")] == "REJECTED"
    assert statuses[old.operation_id("approved")] == "APPROVED"


def test_an_operation_of_nobody_is_claimed(old: OldServers) -> None:
    phone = moved_phone(old, "p31")
    assert phone.claim(old.operation_id("claimable"))["status"] == "PENDING"
    assert Operation.objects.get(pk=old.operation_id("claimable")).user_id == "jan.novak"


def test_a_proximity_check_goes_on(old: OldServers) -> None:
    phone = moved_phone(old, "p33")
    operation_id = old.operation_id("proximity")
    shown = phone.operation(operation_id)
    pin = old.phone("p33")["pin"]
    assert outcome(phone.approve(shown, pin=pin, proximity_otp="00000000")) != OK
    [(seed,)] = old.rows(
        "powerauth", "SELECT totp_seed FROM pa_operation WHERE id = %s", operation_id
    )
    otp = totp(b64d(seed), phone.time_ms() // 1000, step=30, digits=8)
    assert outcome(phone.approve(shown, pin=pin, proximity_otp=otp)) == OK


@pytest.mark.parametrize("purpose", PHONES)
def test_status_and_vault(old: OldServers, purpose: str) -> None:
    phone = moved_phone(old, purpose)
    status = phone.status()
    assert status.state == ActivationState.ACTIVE
    assert status.failed_attempts == old.phone(purpose)["serverFailedAttempts"]
    assert phone.sign_with_device_key(b"data", old.phone(purpose)["pin"])


def test_a_wrong_pin_still_counts(old: OldServers) -> None:
    phone = moved_phone(old, "p30")
    assert outcome(phone.validate_signature(pin="9999"))[0] == 401
    assert Activation.objects.get(pk=phone.activation_id).failed_attempts == 1


@pytest.mark.parametrize("purpose", ["p30", "p33b"])
def test_messages_and_device(old: OldServers, purpose: str) -> None:
    phone = moved_phone(old, purpose)
    subjects = {message["subject"] for message in phone.all_messages()}
    assert (
        subjects
        == {
            "p30": {"Welcome aboard", "New terms 2027"},
            "p33b": {"Business only", "New terms 2027"},
        }[purpose]
    )
    assert phone.unread_count() == 1
    phone.register_push("new-token", platform="ios")
    assert PushDevice.objects.get(activation_id=phone.activation_id).push_token == "new-token"


@pytest.mark.parametrize(
    ("purpose", "state"),
    [("blocked", "BLOCKED"), ("blockedmax", "BLOCKED"), ("removed", "REMOVED")],
)
def test_what_was_stopped_stays_stopped(old: OldServers, purpose: str, state: str) -> None:
    row = Activation.objects.get(pk=old.activation_id(purpose))
    assert ActivationState(row.state).name == state


def test_a_removed_phone_cannot_come_back(old: OldServers) -> None:
    phone = moved_phone(old, "p30")
    phone.remove(old.phone("p30")["pin"])
    Activation.objects.get(pk=old.activation_id("p30"), state=ActivationState.REMOVED)


def test_nobody_is_called(old: OldServers) -> None:
    assert not CallbackEvent.objects.exists()
