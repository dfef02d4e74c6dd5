"""`upgrade/start` and `upgrade/confirm` of `/rest/v4`: protocol-4.md 30 and 34.3."""

import json
from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from powerauth.models import AuditRecord
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.activation_messages import KeyExchangeResponse
from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.api.integration.v4.calls import (
    SEALED_ANSWER,
    UNKNOWN_ID,
    complaint,
    ok,
    opened,
    proof,
    refused,
    sealed,
)
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4
from tests.engine.upgrades.moving import Moving

START, CONFIRM = "upgrade/start", "upgrade/confirm"


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4


@pytest.fixture
def moving(bank: Bank) -> Moving:
    return Moving.of(bank, EC_P384)


def asking(moving: Moving, **changes: Any) -> tuple[dict[str, Any], Any]:
    members, made = sealed(moving.new, moving.asked(**changes), Encryptor.UPGRADE_START)
    return {"activationId": moving.old.activation_id, **members}, made


def started(http: requests.Session, moving: Moving) -> None:
    """Begin an upgrade, and keep the keys that were agreed on."""
    moving.new.device = DeviceExchange.generate(moving.new.suite)
    members, made = asking(moving)
    answer = ok(http, START, **members)
    assert set(answer) == SEALED_ANSWER
    response = KeyExchangeResponse.parse(opened(made, answer))
    moving.new.secret, moving.new.server_keys = moving.new.device.accept(response)
    moving.new.ctr = response.ctr_data


def confirming(moving: Moving) -> dict[str, Any]:
    return {
        "activationId": moving.old.activation_id,
        "applicationKey": moving.new.version.application_key,
    }


@pytest.mark.parametrize("suite", available_suites(), ids=lambda one: one.name)
def test_an_activation_moves_up(http: requests.Session, bank: Bank, suite: Any) -> None:
    moving = Moving.of(bank, suite)
    started(http, moving)
    assert moving.works_as_before()
    assert refused(http, CONFIRM, **confirming(moving)) == "ERR0008"
    verdict = ok(http, "auth/verify", **proof(moving.code()))
    assert (verdict["authenticationValid"], verdict["authenticationCodeType"]) == (
        True,
        "POSSESSION",
    )
    for _ in range(2):
        assert ok(http, CONFIRM, **confirming(moving)) == {"confirmed": True}
    assert (moving.row.version, moving.row.algorithm) == (4, suite.name)
    assert not moving.works_as_before()
    assert moving.works_as_new()


def test_without_a_code_nothing_is_confirmed(http: requests.Session, moving: Moving) -> None:
    started(http, moving)
    assert not ok(http, "auth/verify", **proof(moving.code(possession=bytes(32))))[
        "authenticationValid"
    ]
    assert refused(http, CONFIRM, **confirming(moving)) == "ERR0008"
    assert (moving.row.version, moving.row.failed_attempts) == (3, 0)
    assert moving.works_as_before()


def test_the_start_is_recorded_without_keys(http: requests.Session, moving: Moving) -> None:
    started(http, moving)
    record = AuditRecord.objects.get()
    assert (record.action, record.object_id) == (START, moving.old.activation_id)
    after = json.loads(record.after)
    assert {after[name] for name in after if name.endswith(("_key", "_secret"))} == {"(hidden)"}
    assert after["pending_suite"] == "EC_P384"


def test_where_no_upgrade_is_offered(
    http: requests.Session, moving: Moving, settings: Settings
) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 3
    assert refused(http, START, **asking(moving)[0]) == "ERR0008"


def test_an_activation_of_protocol_4(http: requests.Session, phone: Phone4) -> None:
    payload = {**phone.device.request.to_json(), "enableBiometry": True}
    members, _ = sealed(phone, payload, Encryptor.UPGRADE_START)
    assert refused(http, START, activationId=phone.activation_id, **members) == "ERR0008"
    by_key = {"applicationKey": phone.version.application_key}
    assert ok(http, CONFIRM, activationId=phone.activation_id, **by_key) == {"confirmed": True}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"activationId": None}, "ERR0024"),
        ({"activationId": UNKNOWN_ID}, "ERR0009"),
        ({"applicationKey": "unknown"}, "ERR0015"),
        ({"protocolVersion": "3.3"}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
        ({"nonce": None}, "ERR0024"),
    ],
    ids=str,
)
def test_a_start_that_is_refused(
    http: requests.Session, moving: Moving, change: dict[str, Any], code: str
) -> None:
    assert refused(http, START, **{**asking(moving)[0], **change}) == code
    assert not moving.row.pending_suite


@pytest.mark.parametrize("member", ["activationId", "applicationKey"])
def test_a_confirmation_names_both(
    http: requests.Session, moving: Moving, other_bank: Bank, member: str
) -> None:
    said = complaint(http, CONFIRM, **{**confirming(moving), member: None})
    assert said == f"{member} - must not be null"
    unknown = {**confirming(moving), member: UNKNOWN_ID}
    assert refused(http, CONFIRM, **unknown) in {"ERR0009", "ERR0015"}
    strange = other_bank.application.versions.get().application_key
    assert refused(http, CONFIRM, **{**confirming(moving), "applicationKey": strange}) == "ERR0015"
