"""Rules of the setting, as values."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError

from activation.models import SpawnAudit, SpawnRule
from activation.spawn.rules import Rule, of_setting

ENTRY: dict[str, Any] = {"source": "a", "requested": "b", "destination": "c"}


def test_rules_are_read_in_order() -> None:
    assert of_setting([{**ENTRY, "flags": ["VIP", "ADULT"]}, ENTRY]) == (
        Rule(
            name="setting 1",
            source="a",
            requested="b",
            destination="c",
            required_flags=frozenset({"VIP", "ADULT"}),
        ),
        Rule(name="setting 2", source="a", requested="b", destination="c"),
    )
    assert of_setting([]) == ()


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (None, "not a list"),
        ("[]", "not a list"),
        ({}, "not a list"),
        (["a"], "rule 1 is not an object"),
        ([ENTRY, None], "rule 2 is not an object"),
        ([{}], "'source' of rule 1 is not a text"),
        ([{**ENTRY, "source": None}], "'source' of rule 1 is not a text"),
        ([{**ENTRY, "requested": ""}], "'requested' of rule 1 is not a text"),
        ([{**ENTRY, "requested": " "}], "'requested' of rule 1 is not a text"),
        ([{**ENTRY, "destination": 5}], "'destination' of rule 1 is not a text"),
        ([{**ENTRY, "destination": "a" * 256}], "'destination' of rule 1 is not a text"),
        ([{**ENTRY, "flags": "VIP"}], "'flags' of rule 1 is not a list of texts"),
        ([{**ENTRY, "flags": None}], "'flags' of rule 1 is not a list of texts"),
        ([{**ENTRY, "flags": [""]}], "'flags' of rule 1 is not a list of texts"),
        ([{**ENTRY, "flags": [5]}], "'flags' of rule 1 is not a list of texts"),
        ([{**ENTRY, "flag": ["VIP"]}], "rule 1 has an unknown member 'flag'"),
    ],
)
def test_malformed_rules_say_what_is_wrong(entries: object, message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        of_setting(entries)
    assert str(caught.value) == message


@pytest.mark.parametrize("column", ["required_flags", "flags_to_add"])
@pytest.mark.parametrize("value", ["VIP", {"VIP": 1}, [5], [""], ["F" * 256], ["F" * 128] * 2])
def test_forms_refuse_what_is_no_list_of_flags(column: str, value: object) -> None:
    rule = SpawnRule(source_application_id="a", requested_id="b", destination_application_id="c")
    rule.clean_fields()
    setattr(rule, column, value)
    with pytest.raises(ValidationError) as caught:
        rule.clean_fields()
    assert set(caught.value.message_dict) == {column}


def test_names_for_people() -> None:
    assert str(SpawnRule(source_application_id="a", requested_id="b")) == "a: b"
    assert str(SpawnAudit(source_activation_id="x", outcome="REFUSED")) == "x refused"
