"""What the page of an application tells of protocols, and what may be chosen there."""

import json
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.applications.config_values import ALGORITHMS, NO_DEVICE_KEY_BY_BIOMETRY
from powerauth.models import AuditRecord, MasterKeyPair
from powerauth.protocol.encoding import b64
from tests.admin.office import notices, staff, text_of
from tests.bank import Bank

LIST = "/admin/powerauth/application/"
VIEW, CHANGE = "powerauth.view_application", "powerauth.change_application"
THREE, SMALL = "EC_P256", "EC_P384"
OF_FOUR = ("ECDSA_P384", "MLDSA_65", "MLDSA_87")


def _page(bank: Bank, name: str = "change") -> str:
    return f"{LIST}{bank.application.pk}/{name}/"


def _make_old(bank: Bank) -> None:
    """Take the application back to what a former version made."""
    MasterKeyPair.objects.filter(algorithm__in=OF_FOUR).delete()


def _post(client: Client, bank: Bank, *algorithms: str, **values: str) -> Any:
    return client.post(_page(bank, "protocol"), {"algorithms": algorithms, **values})


def _values(bank: Bank, key: str) -> list[Any]:
    return application_config.values_of(bank.application.pk, key)


def test_a_page_shows_public_keys_only(bank: Bank) -> None:
    looker = staff("looker", VIEW)
    content = looker.get(_page(bank)).content
    told = text_of(content)
    keys = master_keys.public_keys(bank.application.pk)
    assert len(keys) == 4
    for name, key in keys.items():
        assert name in told and b64(key) in content.decode()
        assert sha256(key).hexdigest() in told.replace(" ", "")
    for pair in master_keys.pairs(bank.application.pk).values():
        assert b64(pair.private_key) not in content.decode()
    assert "Protocol 4.0 ready" in told
    assert "3 (EC_P256), 4 (EC_P384), 4 (EC_P384_ML_L3), 4 (EC_P384_ML_L5)" in told


def test_missing_keys_are_told_and_added(bank: Bank) -> None:
    _make_old(bank)
    warning = (
        "There are no master keys of ECDSA_P384, MLDSA_65, MLDSA_87: "
        "phones that need them are refused."
    )
    keeper = staff("keeper", VIEW, CHANGE)
    shown = keeper.get(_page(bank)).content
    assert warning in text_of(shown) and _page(bank, "complete_keys").encode() in shown
    before = master_keys.public_keys(bank.application.pk)
    asked = keeper.get(_page(bank, "complete_keys"))
    assert asked.status_code == HTTPStatus.OK
    assert master_keys.lacking_of(bank.application.pk) != []
    answer = keeper.post(_page(bank, "complete_keys"), {"confirmed": "yes"})
    assert notices(answer) == ["Add the master keys of protocol 4.0: 1 row."]
    assert master_keys.lacking_of(bank.application.pk) == []
    assert master_keys.public_keys(bank.application.pk)["ECDSA_P256"] == before["ECDSA_P256"]
    record = AuditRecord.objects.get()
    assert (record.action, record.actor_name) == ("admin/complete_keys", "keeper")
    assert json.loads(record.after) == {"master_keys": ["ECDSA_P256", *OF_FOUR]}
    told = keeper.get(_page(bank)).content
    assert warning not in text_of(told) and _page(bank, "complete_keys").encode() not in told
    again = keeper.post(_page(bank, "complete_keys"), {"confirmed": "yes"})
    assert notices(again) == [f"{bank.application.pk}: None is missing."]


def test_nothing_is_added_or_chosen_without_the_right(bank: Bank) -> None:
    _make_old(bank)
    client = staff("some", VIEW, "powerauth.add_application", "powerauth.view_activation")
    shown = client.get(_page(bank)).content
    for name in ("complete_keys", "protocol"):
        assert _page(bank, name).encode() not in shown
        assert client.get(_page(bank, name)).status_code == HTTPStatus.FORBIDDEN
    refused = client.post(_page(bank, "complete_keys"), {"confirmed": "yes"})
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert _post(client, bank, THREE).status_code == HTTPStatus.FORBIDDEN
    assert len(master_keys.lacking_of(bank.application.pk)) == 3
    assert _values(bank, ALGORITHMS) == []


def test_what_activations_may_begin_with_is_chosen(bank: Bank) -> None:
    keeper = staff("keeper", VIEW, CHANGE)
    answer = _post(keeper, bank, SMALL, "EC_P384_ML_L5")
    assert answer["Location"] == "../change/"
    assert _values(bank, ALGORITHMS) == [SMALL, "EC_P384_ML_L5"]
    assert _values(bank, NO_DEVICE_KEY_BY_BIOMETRY) == ["true"]
    told = text_of(keeper.get(_page(bank)).content)
    assert "4 (EC_P384), 4 (EC_P384_ML_L5)" in told and "3 (EC_P256)" not in told
    form = keeper.get(_page(bank, "protocol")).context["form"]
    assert form["algorithms"].initial == [SMALL, "EC_P384_ML_L5"]
    assert form["biometry_unlocks"].initial is False
    record = AuditRecord.objects.get()
    assert (record.action, record.object_type, record.object_id) == (
        *("admin/configure", "application_config"),
        bank.application.pk,
    )
    assert json.loads(record.after) == {
        ALGORITHMS: [SMALL, "EC_P384_ML_L5"],
        NO_DEVICE_KEY_BY_BIOMETRY: ["true"],
    }


def test_the_default_is_no_configuration(bank: Bank) -> None:
    keeper = staff("keeper", VIEW, CHANGE)
    every = (THREE, SMALL, "EC_P384_ML_L3", "EC_P384_ML_L5")
    _post(keeper, bank, THREE)
    assert _post(keeper, bank, *every, biometry_unlocks="on").status_code == HTTPStatus.FOUND
    assert application_config.every(bank.application.pk) == []
    assert AuditRecord.objects.count() == 2
    # Nothing differs, so that there is nothing to record.
    _post(keeper, bank, *every, biometry_unlocks="on")
    assert AuditRecord.objects.count() == 2


@pytest.mark.parametrize("algorithms", [(), ("RSA",), (THREE, "ML_L3")])
def test_a_choice_is_needed_and_no_other_than_there_is(
    chief: Client, bank: Bank, algorithms: tuple[str, ...]
) -> None:
    answer = _post(chief, bank, *algorithms)
    assert answer.status_code == HTTPStatus.OK
    assert answer.context["form"].errors.keys() == {"algorithms"}
    assert application_config.every(bank.application.pk) == []


def test_other_keys_of_the_configuration_stay(chief: Client, bank: Bank) -> None:
    name = bank.application.pk
    application_config.store(name, "fido2_aaguids_allowed", ["one"])
    _post(chief, bank, THREE)
    assert application_config.values_of(name, "fido2_aaguids_allowed") == ["one"]
    assert "one" not in AuditRecord.objects.get().after


def test_an_unknown_application_is_said_to_be_gone(chief: Client) -> None:
    for name in ("protocol", "complete_keys"):
        assert notices(chief.get(f"{LIST}nobody/{name}/")) == ["It does not exist any more."]
