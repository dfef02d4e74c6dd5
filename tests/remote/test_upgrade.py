"""A phone moves up from protocol 3 in front of a PowerAuth Server: protocol-4.md 30, 34.3."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.protocol.v4.suites import EC_P384
from tests.api.answers import OK, outcome
from tests.api.standard.v4.moving import WireMoving
from tests.api.standard.wire import NO_UPGRADE
from tests.bank import Bank
from tests.remote.fault_server import fault_server, result


@pytest.fixture
def phone(bank: Bank, settings: Settings) -> WireMoving:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    return WireMoving.of(bank, EC_P384)


def test_calls_of_an_upgrade(phone: WireMoving, called: list[str]) -> None:
    sealed = phone.sealed()
    called.clear()
    assert phone.begin(sealed).ok
    assert called == ["signature/verify", "v4/upgrade/start"]
    phone.start()
    called.clear()
    assert outcome(phone.finish()) == OK
    assert called == ["v4/auth/verify", "v4/upgrade/confirm"]
    assert phone.works_as_new()


def test_an_older_line_is_not_asked(
    phone: WireMoving, called: list[str], settings: Settings
) -> None:
    sealed = phone.sealed()
    settings.POWERAUTH_SERVICE_LINE = "1.9"
    called.clear()
    assert outcome(phone.begin(sealed)) == NO_UPGRADE
    assert called == ["signature/verify"]
    assert phone.row.pending_suite == ""


@pytest.mark.parametrize("answer", [{"confirmed": False}, {}, {"confirmed": "true"}], ids=str)
def test_what_is_not_confirmed_is_no_success(
    phone: WireMoving, settings: Settings, answer: dict[str, Any]
) -> None:
    phone.start()
    verdict = {
        "authenticationValid": True,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "activationId": phone.old.activation_id,
        "userId": "alice",
        "applicationId": phone.application.id,
        "authenticationCodeType": "POSSESSION",
        "remainingAttempts": 5,
        "applicationRoles": [],
        "activationFlags": [],
    }
    with fault_server() as server:
        server.behaviour = result({**verdict, **answer})
        settings.POWERAUTH_SERVICE_URL = server.url
        settings.POWERAUTH_SERVICE_LINE = "2.0"
        assert outcome(phone.finish()) == NO_UPGRADE
        assert len(server.requests) == 2
