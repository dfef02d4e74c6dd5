"""Renaming activations and setting their states over HTTP."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.signatures import key_pairs
from powerauth.errors import EngineRefusal
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, post, refused
from tests.bank import PIN, Bank

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"
NAME = "activation/name/update"
STATES = "activation/status/update"
NAMES = [state.name for state in ActivationState]


def _last_change(activation_id: str) -> ActivationHistory:
    return ActivationHistory.objects.filter(activation_id=activation_id).order_by("-id")[0]


def _in_state(bank: Bank, state: ActivationState, **values: Any) -> str:
    """Make an activation with a phone that is in a state now."""
    activation_id = bank.phone("alice").activation_id
    Activation.objects.filter(id=activation_id).update(state=state, **values)
    return activation_id


@pytest.mark.main_path
@pytest.mark.parametrize("committed", [True, False])
def test_rename(http: requests.Session, bank: Bank, bob: Phone, committed: bool) -> None:
    alice = bank.phone("alice", commit=committed)
    state = "ACTIVE" if committed else "PENDING_COMMIT"
    members = {"activationId": alice.activation_id, "activationName": " Žluť "}

    answer = ok(http, NAME, **members, externalUserId="clerk")

    assert answer == {**members, "activationStatus": state}
    assert bank.activation(alice).name == " Žluť "
    assert bank.activation(bob).name == "Phone"
    change = _last_change(alice.activation_id)
    assert (change.event_reason, change.external_user_id, change.activation_name) == (
        "ACTIVATION_NAME_UPDATED",
        "clerk",
        " Žluť ",
    )
    assert change.created_at == bank.activation(alice).last_change_at


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"activationId": None}, "requestObject.activationId - must not be blank"),
        ({"activationName": ""}, "requestObject.activationName - must not be blank"),
        ({"externalUserId": " "}, "requestObject.externalUserId - must not be blank"),
        (
            {"externalUserId": None, "activationName": "\t", "activationId": ""},
            "requestObject.activationId - must not be blank, "
            "requestObject.activationName - must not be blank, "
            "requestObject.externalUserId - must not be blank",
        ),
    ],
)
def test_rename_names_what_is_missing(
    http: requests.Session, bank: Bank, alice: Phone, changed: dict[str, object], message: str
) -> None:
    members = {
        "activationId": alice.activation_id,
        "activationName": "New",
        "externalUserId": "clerk",
    }

    response = post(http, NAME, {**members, **changed})

    detail = {"code": "ERR0024", "message": message, "localizedMessage": message}
    assert response.status_code == 400
    assert response.json() == {"status": "ERROR", "responseObject": detail}
    assert bank.activation(alice).name == "Phone"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"activationName": "n" * 256}, "ERR0024"),
        ({"externalUserId": "u" * 256}, "ERR0024"),
        ({"activationId": NIL}, "ERR0009"),
        ({"activationId": "unknown"}, "ERR0009"),
        ({"activationName": [1]}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_rename_refused(
    http: requests.Session, bank: Bank, alice: Phone, changed: dict[str, object], code: str
) -> None:
    members = {
        "activationId": alice.activation_id,
        "activationName": "New",
        "externalUserId": "clerk",
        **changed,
    }
    before = ActivationHistory.objects.count()

    assert refused(http, NAME, **members) == code
    assert bank.activation(alice).name == "Phone"
    assert ActivationHistory.objects.count() == before


def test_rename_by_nobody_that_history_could_hold(alice: Phone) -> None:
    with pytest.raises(EngineRefusal):
        lifecycle.rename(
            alice.activation_id, name="New", external_user_id="u" * 256, at=timezone.now()
        )


@pytest.mark.parametrize("state", ["CREATED", "REMOVED", "BLOCKED"])
def test_rename_in_a_wrong_state(http: requests.Session, bank: Bank, state: str) -> None:
    activation_id = _in_state(bank, ActivationState[state])
    members = {"activationId": activation_id, "activationName": "New", "externalUserId": "clerk"}

    assert refused(http, NAME, **members) == "ERR0008"
    assert Activation.objects.get().name == "Phone"


@pytest.mark.main_path
@pytest.mark.parametrize("before", [name for name in NAMES if name != "REMOVED"])
@pytest.mark.parametrize("after", NAMES)
def test_any_state_but_removed_is_left(
    http: requests.Session, bank: Bank, before: str, after: str
) -> None:
    kept = {"failed_attempts": 3, "blocked_reason": "LOST"}
    activation_id = _in_state(bank, ActivationState[before], **kept)
    changes = ActivationHistory.objects.count()

    answer = ok(http, STATES, activationIds=[activation_id], activationStatus=after)

    assert answer == {"updated": True}
    row = Activation.objects.get()
    assert ActivationState(row.state).name == after
    assert (row.failed_attempts, row.blocked_reason) == (3, "LOST")
    assert ActivationHistory.objects.count() == changes + (before != after)
    change = _last_change(activation_id)
    if before != after:
        assert (ActivationState(change.state).name, change.created_at) == (
            after,
            row.last_change_at,
        )
        assert change.event_reason == ("LOST" if after == "BLOCKED" else "")


def test_the_reason_of_a_blocking_is_shown_while_blocked(
    http: requests.Session, bank: Bank
) -> None:
    activation_id = _in_state(bank, ActivationState.BLOCKED, blocked_reason="LOST")
    for state, reason in [("ACTIVE", None), ("BLOCKED", "LOST")]:
        ok(http, STATES, activationIds=[activation_id], activationStatus=state)

        status = ok(http, "activation/status", activationId=activation_id)
        assert (status["activationStatus"], status["blockedReason"]) == (state, reason)


def test_several_are_changed_and_unknown_ones_skipped(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    carol = bank.phone("carol")
    ids = [bob.activation_id, NIL, "", "unknown", alice.activation_id.upper(), bob.activation_id]

    answer = ok(http, STATES, activationIds=ids, activationStatus="BLOCKED")

    assert answer == {"updated": True}
    assert [bank.activation(one).state for one in (alice, bob, carol)] == [4, 4, 3]
    blocked = ActivationHistory.objects.filter(state=ActivationState.BLOCKED)
    assert {str(change.activation_id) for change in blocked} == {
        alice.activation_id,
        bob.activation_id,
    }
    assert blocked.count() == 2
    assert not alice.validate_signature(pin=PIN).ok


@pytest.mark.parametrize("after", [name for name in NAMES if name != "REMOVED"])
def test_a_removed_one_stops_the_whole_change(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone, after: str
) -> None:
    first, last = sorted([alice.activation_id, bob.activation_id])
    ok(http, "activation/remove", activationId=last)
    state = ActivationState.ACTIVE if after == "BLOCKED" else ActivationState.BLOCKED
    Activation.objects.filter(id=first).update(state=state)
    rows = list(Activation.objects.order_by("id").values())
    changes = ActivationHistory.objects.count()
    for given in ([first, last], [last, first], [last]):
        members = {"activationIds": given, "activationStatus": after}

        assert refused(http, STATES, **members) == "ERR0008"
        assert list(Activation.objects.order_by("id").values()) == rows
        assert ActivationHistory.objects.count() == changes


def test_removal_of_a_removed_one_changes_the_others(
    http: requests.Session, bank: Bank, alice: Phone, bob: Phone
) -> None:
    ok(http, "activation/remove", activationId=bob.activation_id)
    ids = [alice.activation_id, bob.activation_id]

    assert ok(http, STATES, activationIds=ids, activationStatus="REMOVED") == {"updated": True}
    removed = ActivationHistory.objects.filter(state=ActivationState.REMOVED)
    assert sorted(str(change.activation_id) for change in removed) == sorted(ids)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"activationIds": None}, "ERR0024"),
        ({"activationIds": []}, "ERR0024"),
        ({"activationIds": [None]}, "ERR0024"),
        ({"activationStatus": None}, "ERR0024"),
        ({"activationStatus": "active"}, "ERROR_HTTP_REQUEST"),
        ({"activationStatus": 3}, "ERROR_HTTP_REQUEST"),
        ({"activationIds": NIL}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_states_refused(
    http: requests.Session, bank: Bank, alice: Phone, changed: dict[str, object], code: str
) -> None:
    members = {"activationIds": [alice.activation_id], "activationStatus": "BLOCKED", **changed}

    assert refused(http, STATES, **members) == code
    assert bank.activation(alice).state == ActivationState.ACTIVE


@pytest.mark.parametrize("state", ["PENDING_COMMIT", "ACTIVE", "BLOCKED"])
@pytest.mark.parametrize("version", ["3.1", "3.3", "4.0"])
def test_an_activation_that_no_phone_took_works_for_none(
    http: requests.Session, bank: Bank, state: str, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    code = bank.code("bob")
    activation_id = str(Activation.objects.get(activation_code=code).id)

    ok(http, STATES, activationIds=[activation_id], activationStatus=state)

    status = ok(http, "activation/status", activationId=activation_id)
    assert (status["activationStatus"], status["devicePublicKeyFingerprint"]) == (state, None)
    assert ok(http, "activation/list", userId="bob")["activations"][0]["activationStatus"] == state
    assert not key_pairs.verify(activation_id, b"data", b"signature")
    _pretend(phone, activation_id)
    assert phone.validate_signature(pin=PIN).status == 401
    for attempt in (
        lambda: phone.create_token("possession", PIN),
        lambda: phone.unlock_vault(PIN),
        lambda: phone.rename("Mine", PIN),
        phone.user_info,
    ):
        with pytest.raises(PhoneFailure) as failure:
            attempt()
        assert failure.value.answer.status in (400, 401)


def _pretend(phone: Phone, activation_id: str) -> None:
    """Let a phone believe that another activation is its own."""
    own = replace(phone.enrolment, activation_id=activation_id)
    phone.state = replace(phone.state, enrolment=own)
