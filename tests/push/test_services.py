"""The rules of registration, and devices that follow their activation: push-and-inbox.md 3."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from enrollment_server.api.mobile import InvalidActivation
from powerauth.engine.activations import activations, lifecycle
from powerauth.models import ActivationState
from powerauth.phone.phone import Phone
from push import services
from push.models import PushDevice
from push.values import Registration
from tests.bank import PIN, Bank

NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


def registration(phone: Phone, bank: Bank, token: str = "x") -> Registration:
    return Registration(
        application_id=bank.application.id,
        activation_id=phone.activation_id,
        user_id="alice",
        platform="fcm",
        token=token,
    )


def register(phone: Phone, bank: Bank, token: str = "x", *, at: datetime = NOW) -> None:
    services.register(registration(phone, bank, token), at=at)


def owners() -> list[str]:
    return sorted(PushDevice.objects.values_list("activation_id", flat=True))


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Give the captured statements without those that begin and end transactions."""
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]


# --- Whose row a registration changes ------------------------------------------------------------


def test_the_rotated_token_of_an_activation(bank: Bank, alice: Phone) -> None:
    register(alice, bank, "old")
    register(alice, bank, "new", at=LATER)
    row = PushDevice.objects.get()
    assert (row.push_token, row.last_registered_at) == ("new", LATER)


def test_active_activations_share_a_token(bank: Bank, alice: Phone, bob: Phone) -> None:
    register(alice, bank)
    register(bob, bank)
    assert owners() == sorted([alice.activation_id, bob.activation_id])


@pytest.mark.parametrize("end", ["block", "remove"])
def test_a_device_left_behind_is_taken_over(
    bank: Bank, alice: Phone, settings: Settings, end: str
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    register(alice, bank)
    before = PushDevice.objects.get()
    getattr(lifecycle, end)(alice.activation_id, at=NOW)
    again = bank.phone("carol")
    register(again, bank, at=LATER)
    row = PushDevice.objects.get()
    assert (row.pk, row.activation_id, row.user_id) == (before.pk, again.activation_id, "carol")
    assert (row.is_active, row.last_registered_at) == (True, LATER)


def test_of_several_left_behind_the_newest_is_taken_and_the_others_go(
    bank: Bank, settings: Settings
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    phones = [bank.phone("alice") for _ in range(3)]
    for phone, hours in zip(phones, (1, 3, 2), strict=True):
        register(phone, bank, at=NOW + timedelta(hours=hours))
    newest = PushDevice.objects.get(activation_id=phones[1].activation_id)
    for phone in phones:
        lifecycle.remove(phone.activation_id, at=NOW)
    again = bank.phone("alice")
    register(again, bank)
    row = PushDevice.objects.get()
    assert (row.pk, row.activation_id) == (newest.pk, again.activation_id)


def test_what_is_not_left_behind_stays(
    bank: Bank, other_bank: Bank, alice: Phone, bob: Phone, mallory: Phone, settings: Settings
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    register(bob, bank)
    register(mallory, other_bank)
    register(alice, bank, "another")
    for phone in (mallory, alice):
        lifecycle.remove(phone.activation_id, at=NOW)
    again = bank.phone("alice")
    register(again, bank)
    gone = [mallory.activation_id, alice.activation_id]
    assert owners() == sorted([bob.activation_id, again.activation_id, *gone])


def test_the_own_row_goes_before_one_left_behind(
    bank: Bank, alice: Phone, settings: Settings
) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    gone = bank.phone("alice")
    register(gone, bank, "shared")
    lifecycle.remove(gone.activation_id, at=NOW)
    register(alice, bank, "own")
    register(alice, bank, "shared")
    assert owners() == sorted([alice.activation_id, gone.activation_id])


def test_tokens_with_the_same_beginning_are_told_apart(bank: Bank, settings: Settings) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    gone = bank.phone("alice")
    register(gone, bank, "x" * 1023 + "a")
    lifecycle.remove(gone.activation_id, at=NOW)
    again = bank.phone("alice")
    register(again, bank, "x" * 1023 + "b")
    assert owners() == sorted([gone.activation_id, again.activation_id])


# --- Who cannot register any more ---------------------------------------------------------------


@pytest.mark.parametrize("end", ["block", "remove"])
def test_an_activation_that_ended_meanwhile(bank: Bank, alice: Phone, end: str) -> None:
    getattr(lifecycle, end)(alice.activation_id, at=NOW)
    with pytest.raises(InvalidActivation):
        register(alice, bank)
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"activation_id": "12345678-1234-4234-8234-123456789012"},
        {"activation_id": "nonsense"},
        {"application_id": "unknown"},
    ],
)
def test_unknown_activation_and_application(
    bank: Bank, alice: Phone, change: dict[str, str]
) -> None:
    with pytest.raises(InvalidActivation):
        services.register(replace(registration(alice, bank), **change), at=NOW)
    assert not PushDevice.objects.exists()


def test_a_registration_does_not_show_its_token(bank: Bank, alice: Phone) -> None:
    assert "device-token" not in repr(registration(alice, bank, "device-token"))


# --- The device follows its activation ----------------------------------------------------------


def test_blocked_and_unblocked(bank: Bank, alice: Phone, bob: Phone) -> None:
    register(alice, bank)
    register(bob, bank)
    lifecycle.block(alice.activation_id, at=NOW)
    active = dict(PushDevice.objects.values_list("activation_id", "is_active"))
    assert active == {alice.activation_id: False, bob.activation_id: True}
    lifecycle.unblock(alice.activation_id, at=NOW)
    assert PushDevice.objects.filter(is_active=True).count() == 2


def test_blocked_by_wrong_pins(bank: Bank, alice: Phone) -> None:
    register(alice, bank)
    for _ in range(5):
        alice.validate_signature(pin="9999")
    assert bank.activation(alice).state == ActivationState.BLOCKED
    assert not PushDevice.objects.get().is_active


def test_removed(bank: Bank, alice: Phone, bob: Phone) -> None:
    register(alice, bank)
    register(bob, bank)
    alice_id = alice.activation_id
    alice.remove(PIN)
    assert owners() == [bob.activation_id]
    lifecycle.remove(alice_id, at=NOW)
    assert owners() == [bob.activation_id]


def test_removed_but_kept(bank: Bank, alice: Phone, settings: Settings) -> None:
    settings.PUSH_DELETE_ON_REMOVAL = False
    register(alice, bank)
    lifecycle.remove(alice.activation_id, at=NOW)
    assert not PushDevice.objects.get().is_active


def test_a_change_that_fails_leaves_the_device(bank: Bank, alice: Phone) -> None:
    register(alice, bank)

    def refuse(_change: activations.StateChange) -> None:
        raise RuntimeError("a later observer fails")

    activations.observe(refuse)
    try:
        with pytest.raises(RuntimeError, match="later observer"):
            lifecycle.remove(alice.activation_id, at=NOW)
    finally:
        activations._OBSERVERS.remove(refuse)
    assert bank.activation(alice).state == ActivationState.ACTIVE
    assert owners() == [alice.activation_id]


def test_observers_see_changes_of_state_only(bank: Bank, alice: Phone) -> None:
    seen: list[activations.StateChange] = []
    activations.observe(seen.append)
    try:
        lifecycle.rename(alice.activation_id, name="Mine", at=NOW)
        lifecycle.block(alice.activation_id, at=NOW)
        lifecycle.remove(alice.activation_id, at=NOW)
        lifecycle.remove(alice.activation_id, at=NOW)
    finally:
        activations._OBSERVERS.remove(seen.append)
    assert [(change.before.name, change.after.name) for change in seen] == [
        ("ACTIVE", "BLOCKED"),
        ("BLOCKED", "REMOVED"),
    ]
    assert {change.activation_id for change in seen} == {alice.activation_id}


def test_an_observer_is_kept_once() -> None:
    before = list(activations._OBSERVERS)
    assert services.follow in before
    activations.observe(services.follow)
    assert before == activations._OBSERVERS


# --- What it costs ------------------------------------------------------------------------------


def test_statements_of_a_registration(bank: Bank, alice: Phone) -> None:
    with CaptureQueriesContext(connection) as first:
        register(alice, bank)
    with CaptureQueriesContext(connection) as again:
        register(alice, bank)
    assert len(statements(first)) == 4  # lock, no row to update, none left behind, insert
    assert len(statements(again)) == 2  # lock, update


def test_statements_of_a_registration_over_http(bank: Bank, alice: Phone) -> None:
    alice.register_push("x")
    with CaptureQueriesContext(connection) as captured:
        alice.register_push("x")
    assert len(statements(captured)) == 4  # token, replay memory, lock, update


def test_hot_paths_do_not_know_of_devices(bank: Bank) -> None:
    phone = bank.phone("alice")
    with CaptureQueriesContext(connection) as captured:
        phone.validate_signature(pin=PIN)
        phone.validate_signature(pin="9999")
        phone.operations()
    assert not [sql for sql in statements(captured) if "push_pushdevice" in sql]


def test_a_change_of_state_costs_one_statement(bank: Bank, alice: Phone) -> None:
    register(alice, bank)
    pending = bank.phone("bob", commit=False)
    for verb, phone in (
        (lifecycle.block, alice),
        (lifecycle.unblock, alice),
        (lifecycle.remove, alice),
        (lifecycle.commit, pending),
    ):
        with CaptureQueriesContext(connection) as captured:
            verb(phone.activation_id, at=NOW)
        own = [sql for sql in statements(captured) if "push_pushdevice" in sql]
        assert len(own) == 1
