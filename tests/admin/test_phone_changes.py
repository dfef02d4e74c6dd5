"""What phones of protocol 4.0 change of themselves is seen: in history, and in the audit log."""

import json
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django.fixtures import Settings

from powerauth.admin.framework.words import reason
from powerauth.engine.activations.phone_changes import PhoneChange
from powerauth.models import ActivationHistory, AuditRecord, SignatureAudit
from powerauth.phone.phone import Phone
from tests.admin.office import text_of
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

ACTIVATION = "/admin/powerauth/activation/"
LOG = "/admin/powerauth/auditrecord/"
NEW_PIN = "98765"
ACTION = "biometry/remove"


@pytest.fixture
def phone(bank: Bank) -> Phone:
    """A phone whose user has chosen a PIN and biometry."""
    return bank.phone("alice", version="4.0")


def _remove_biometry(http: requests.Session, phone: Phone) -> None:
    answer = http.post(
        f"{BASE_URL}/rest/v4/{ACTION}",
        json={"requestObject": {"activationId": phone.activation_id}},
    )
    assert answer.status_code == 200, answer.json()


def test_history_tells_of_the_phone_in_words(
    chief: Client, http: requests.Session, phone: Phone
) -> None:
    _remove_biometry(http, phone)
    told = text_of(chief.get(f"{ACTIVATION}{phone.activation_id}/change/").content)
    places = [
        told.index(str(PhoneChange(change).label))
        for change in (PhoneChange.BIOMETRY_REMOVED, PhoneChange.CONFIRMED)
    ]
    # The field of the page says so as well, above history.
    assert told.count("confirmed by the phone") == 2
    assert places == sorted(places, reverse=True) and "Biometry off" in told


def _reasons(phone: Phone) -> list[str]:
    rows = ActivationHistory.objects.filter(activation_id=phone.activation_id)
    told = rows.exclude(event_reason="").order_by("id")
    return list(told.values_list("event_reason", flat=True))


def test_each_change_over_the_wire_is_in_history(phone: Phone) -> None:
    phone.change_pin(PIN, NEW_PIN)
    for _ in range(2):
        phone.remove_biometry()
    phone.add_biometry(NEW_PIN)
    assert _reasons(phone) == [
        *("ACTIVATION_CONFIRMED", "PASSWORD_CHANGED", "BIOMETRY_REMOVED", "BIOMETRY_ADDED")
    ]


def test_an_upgrade_over_the_wire_is_seen(chief: Client, bank: Bank, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    phone = bank.phone("alice", suite="EC_P384_ML_L5")
    phone.upgrade(PIN)
    assert _reasons(phone) == ["UPGRADE_STARTED", "ACTIVATION_VERSION_CHANGED"]
    page = text_of(chief.get(f"{ACTIVATION}{phone.activation_id}/change/").content)
    assert "4 (EC_P384_ML_L5)" in page and "Upgrade -" in page
    confirming = SignatureAudit.objects.filter(signature_type="possession")[0]
    # It was compared with the new keys while the activation still was of version 3.
    assert (confirming.generation, confirming.version, confirming.valid) == (4, 3, True)


def test_an_approval_tells_by_which_protocol(chief: Client, bank: Bank, phone: Phone) -> None:
    operation = bank.operation("alice")
    assert phone.approve(phone.operation(str(operation.pk)), pin=PIN).ok
    page = text_of(chief.get(f"/admin/operations/operation/{operation.pk}/change/").content)
    told = f"possession + knowledge by protocol 4 of activation {phone.activation_id} verified."
    assert told in page and '"protocolGeneration": 4' in page
    row = SignatureAudit.objects.order_by("-id")[0]
    assert (row.generation, row.signature_version, len(row.signature)) == (4, "4.0", 88)


@pytest.mark.parametrize("change", PhoneChange)
def test_every_change_has_a_word(change: PhoneChange) -> None:
    assert reason(change.value) == str(change.label) != change.value


def test_the_audit_log_tells_of_the_back_end(
    chief: Client, http: requests.Session, phone: Phone
) -> None:
    for _ in range(2):
        _remove_biometry(http, phone)
    # The second call has changed nothing.
    record = AuditRecord.objects.get(action=ACTION)
    assert json.loads(record.before) == {"biometry_enabled": True, "biometry_key": "(hidden)"}
    assert json.loads(record.after) == {"biometry_enabled": False, "biometry_key": None}
    for asked in (
        {"action_name": ACTION},
        {"object_type": "activation"},
        {"q": phone.activation_id},
    ):
        listed = chief.get(LOG, asked).context["cl"].result_list
        assert [row.pk for row in listed] == [record.pk], asked
    page = chief.get(f"{LOG}{record.pk}/change/").content.decode()
    for name, before, after in (
        ("biometry_enabled", "true", "false"),
        ("biometry_key", "(hidden)", "null"),
    ):
        assert f'<th scope="row">{name}</th><td>{before}</td><td>{after}</td>' in page
    answer: Any = chief.post(f"{LOG}export/", query_params={"action_name": ACTION})
    (line,) = b"".join(answer.streaming_content).splitlines()
    assert json.loads(line)["after"] == json.loads(record.after)
