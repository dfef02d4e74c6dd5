"""Who may activate what: allow rules from rows and from the setting. mobile-token-api.md 9.3."""

from typing import Any

import pytest
from pytest_django import Settings

from activation.models import SpawnOutcome, SpawnRule
from powerauth.engine.activations import flags
from powerauth.models import Activation, ActivationHistory
from powerauth.phone.phone import Phone
from tests.api.activation.calls import REFUSED, REQUESTED, audit, encrypted, plain, spawned
from tests.api.answers import outcome
from tests.bank import Bank


def entry(bank: Bank, other_bank: Bank, **members: Any) -> dict[str, Any]:
    """Give one entry of the setting."""
    return {
        "source": bank.application.id,
        "requested": REQUESTED,
        "destination": other_bank.application.id,
        **members,
    }


def refused_for(reason: str) -> bool:
    """Tell whether the only audit record is a refusal for a reason, before any rule counted."""
    record = audit()
    facts = (record.outcome, record.reason, record.rule, record.destination_application_id)
    assert record.destination_activation_id == ""
    return facts == (SpawnOutcome.REFUSED, reason, "", "")


def test_no_rule_no_activation(alice: Phone, bank: Bank, other_bank: Bank) -> None:
    assert outcome(encrypted(alice)) == REFUSED
    assert refused_for("NO_RULE")
    assert not other_bank.application.activations.exists()
    record = audit()
    assert (record.user_id, record.requested_id) == ("alice", REQUESTED)
    assert record.source_activation_id == alice.activation_id
    assert record.source_application_id == bank.application.id


def test_a_refusal_byte_for_byte(alice: Phone) -> None:
    assert (
        encrypted(alice).content
        == plain(alice).content
        == (
            b'{"status":"ERROR","responseObject":{"code":"ACTIVATION_CODE_FAILED",'
            b'"message":"Unable to fetch activation code."}}'
        )
    )


def test_another_source_application(mallory: Phone, rule: SpawnRule) -> None:
    assert outcome(plain(mallory)) == REFUSED
    assert refused_for("NO_RULE")


@pytest.mark.parametrize("requested", ["other", "OTHER-APP", " other-app", "other-app ", "%"])
def test_another_requested_application(alice: Phone, rule: SpawnRule, requested: str) -> None:
    body = {"requestObject": {"applicationId": requested, "otp": "12345678"}}
    assert outcome(plain(alice, body)) == REFUSED
    assert audit().requested_id == requested


def test_the_destination_id_is_not_what_is_requested(
    alice: Phone, other_bank: Bank, rule: SpawnRule
) -> None:
    body = {"requestObject": {"applicationId": other_bank.application.id, "otp": "12345678"}}
    assert outcome(plain(alice, body)) == REFUSED


def test_a_disabled_rule(alice: Phone, rule: SpawnRule) -> None:
    rule.enabled = False
    rule.save()
    assert outcome(plain(alice)) == REFUSED
    assert refused_for("NO_RULE")


def test_required_flags(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    rule.required_flags = ["ADULT", "VIP"]
    rule.save()
    flags.add(alice.activation_id, ["VIP", "OTHER"])
    assert outcome(plain(alice)) == REFUSED
    assert refused_for("FLAGS_MISSING")
    flags.add(alice.activation_id, ["ADULT"])
    assert plain(alice).status == 200
    assert spawned(other_bank.application).flags == []


def test_flags_to_add(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    rule.flags_to_add = ["SPAWNED", "LIMITED", "SPAWNED"]
    rule.save()
    plain(alice)
    assert spawned(other_bank.application).flags == ["LIMITED", "SPAWNED"]


def test_the_first_rule_whose_flags_are_there_counts(
    alice: Phone, bank: Bank, other_bank: Bank, rule: SpawnRule, settings: Settings
) -> None:
    rule.required_flags = ["VIP"]
    rule.save()
    second, third = (
        SpawnRule.objects.create(
            source_application_id=bank.application.id,
            requested_id=REQUESTED,
            destination_application_id=other_bank.application.id,
            flags_to_add=[name],
        )
        for name in ("SECOND", "THIRD")
    )
    settings.ACTIVATION_SPAWN_RULES = [entry(bank, other_bank)]
    plain(alice)
    assert audit().rule == f"row {second.pk}"
    assert second.pk < third.pk
    assert spawned(other_bank.application).flags == ["SECOND"]


@pytest.mark.parametrize("column", ["required_flags", "flags_to_add"])
@pytest.mark.parametrize("value", ["", "VIP", {}, {"VIP": 1}, 5, [5], [""], [None]])
def test_a_row_that_no_form_has_checked_admits_nobody(
    alice: Phone, rule: SpawnRule, column: str, value: object
) -> None:
    setattr(rule, column, value)
    rule.save()
    assert outcome(plain(alice)) == REFUSED
    assert refused_for("NO_RULE")


@pytest.mark.parametrize("flags_member", [{}, {"flags": []}])
def test_rules_of_the_setting(
    alice: Phone,
    bank: Bank,
    other_bank: Bank,
    settings: Settings,
    flags_member: dict[str, Any],
) -> None:
    settings.ACTIVATION_SPAWN_RULES = [
        entry(bank, other_bank, requested="x"),
        entry(bank, other_bank, **flags_member),
    ]
    assert encrypted(alice).status == 200
    assert audit().rule == "setting 2"
    assert spawned(other_bank.application).user_id == "alice"


def test_required_flags_of_the_setting(
    alice: Phone, bank: Bank, other_bank: Bank, settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_RULES = [entry(bank, other_bank, flags=["VIP"])]
    assert outcome(plain(alice)) == REFUSED
    assert refused_for("FLAGS_MISSING")
    flags.add(alice.activation_id, ["VIP"])
    assert plain(alice).status == 200


def test_the_setting_admits_its_own_source_only(
    mallory: Phone, bank: Bank, other_bank: Bank, settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_RULES = [entry(bank, other_bank)]
    assert outcome(plain(mallory)) == REFUSED


@pytest.mark.parametrize("send", [plain, encrypted])
def test_an_unknown_destination(alice: Phone, rule: SpawnRule, send: Any) -> None:
    rule.destination_application_id = "nowhere"
    rule.save()
    before = Activation.objects.count(), ActivationHistory.objects.count()
    assert outcome(send(alice)) == REFUSED
    assert (Activation.objects.count(), ActivationHistory.objects.count()) == before
    record = audit()
    assert (record.outcome, record.reason) == (SpawnOutcome.REFUSED, "ERR0015")
    assert (record.rule, record.destination_application_id) == (f"row {rule.pk}", "nowhere")


def test_a_destination_without_master_key(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    other_bank.application.master_key_pairs.all().delete()
    assert outcome(plain(alice)) == REFUSED
    assert audit().reason == "ERR0003"


def test_flags_that_no_activation_can_hold(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    rule.flags_to_add = ["A" * 200, "B" * 200]
    rule.save()
    assert outcome(plain(alice)) == REFUSED
    assert audit().reason == "ERR0024"
    assert not other_bank.application.activations.exists()
