"""The hook of a deployment: activation/spawn/hook.py."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from activation.models import SpawnOutcome, SpawnRule
from powerauth.phone.phone import Phone
from tests.api.activation import hooks
from tests.api.activation.calls import OTP, REFUSED, REQUESTED, audit, encrypted, plain, spawned
from tests.api.answers import FAILED, outcome
from tests.bank import Bank

HOOKS = "tests.api.activation.hooks"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    hooks.asked.clear()
    hooks.told.clear()
    yield


@pytest.mark.parametrize("name", ["Recording", "make"])
def test_a_hook_is_asked_and_told(
    alice: Phone, bank: Bank, other_bank: Bank, rule: SpawnRule, settings: Settings, name: str
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.{name}"
    bank.application.roles = ["BANKING"]
    bank.application.save()
    assert encrypted(alice).status == 200
    ((source, requested, proposed),) = hooks.asked
    assert (requested, proposed) == (REQUESTED, other_bank.application.id)
    assert (source.user_id, source.activation_id) == ("alice", alice.activation_id)
    assert (source.application_id, source.flags) == (bank.application.id, ())
    assert source.roles == ("BANKING",)
    row = spawned(other_bank.application)
    assert hooks.told == [(source, other_bank.application.id, str(row.id))]
    assert audit().rule == f"row {rule.pk}"


def test_a_hook_sees_what_no_rule_admits(alice: Phone, settings: Settings) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.Recording"
    assert outcome(plain(alice)) == REFUSED
    assert [proposed for _, _, proposed in hooks.asked] == [None]
    assert hooks.told == []
    assert audit().reason == "NO_RULE"


def test_a_hook_may_admit_without_a_rule(
    alice: Phone, other_bank: Bank, settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.ToRequested"
    order = {"requestObject": {"applicationId": other_bank.application.id, "otp": OTP}}
    assert plain(alice, order).status == 200
    assert spawned(other_bank.application).user_id == "alice"
    assert (audit().rule, audit().outcome) == ("hook", SpawnOutcome.CREATED)


def test_flags_of_a_rule_stay_with_its_destination(
    alice: Phone, bank: Bank, rule: SpawnRule, settings: Settings
) -> None:
    rule.requested_id = bank.application.id
    rule.flags_to_add = ["TRUSTED"]
    rule.save()
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.ToRequested"
    order = {"requestObject": {"applicationId": bank.application.id, "otp": OTP}}
    assert plain(alice, order).status == 200
    made = bank.application.activations.exclude(id=alice.activation_id).get()
    assert (made.flags, audit().rule) == ([], "hook")


@pytest.mark.parametrize("name", ["Never", "Empty"])
def test_a_hook_may_refuse(
    alice: Phone, other_bank: Bank, rule: SpawnRule, settings: Settings, name: str
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.{name}"
    assert outcome(encrypted(alice)) == REFUSED
    assert (audit().reason, audit().destination_application_id) == ("REFUSED_BY_HOOK", "")
    assert not other_bank.application.activations.exists()


def test_a_hook_adds_flags_to_those_of_the_rule(
    alice: Phone, other_bank: Bank, rule: SpawnRule, settings: Settings
) -> None:
    rule.flags_to_add = ["RULE", "SPAWNED"]
    rule.save()
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.Flagging"
    assert plain(alice).status == 200
    expected = [f"FROM-{alice.activation_id}", "RULE", "SPAWNED"]
    assert spawned(other_bank.application).flags == expected


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("FailingDecision", "HOOK_FAILED"),
        ("FailingFlags", "HOOK_FAILED"),
        ("NoText", "HOOK_FAILED"),
        ("TooLong", "HOOK_FAILED"),
        ("NoFlags", "HOOK_FAILED"),
        ("TooManyFlags", "ERR0024"),
    ],
)
def test_a_hook_that_fails_refuses(
    alice: Phone,
    other_bank: Bank,
    rule: SpawnRule,
    settings: Settings,
    name: str,
    reason: str,
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.{name}"
    assert outcome(plain(alice)) == REFUSED
    assert (audit().outcome, audit().reason) == (SpawnOutcome.REFUSED, reason)
    assert not other_bank.application.activations.exists()


@pytest.mark.parametrize("send", [plain, encrypted])
def test_a_notification_that_fails_undoes_nothing(
    alice: Phone, other_bank: Bank, rule: SpawnRule, settings: Settings, send: type
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.FailingNotification"
    assert send(alice).status == 200
    assert spawned(other_bank.application).user_id == "alice"
    assert audit().outcome == SpawnOutcome.CREATED


@pytest.mark.parametrize("name", ["Incomplete", "WithArguments", "Nothing", "asked"])
def test_a_hook_that_cannot_be_used_admits_nobody(
    alice: Phone, other_bank: Bank, rule: SpawnRule, settings: Settings, name: str
) -> None:
    settings.ACTIVATION_SPAWN_HOOK = f"{HOOKS}.{name}"
    assert outcome(plain(alice)) == FAILED
    assert not other_bank.application.activations.exists()
