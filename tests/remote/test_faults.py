"""The other server answers wrongly: the documented error, one log line, and no second attempt."""

import json
import time
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.encryption import Encryptor
from tests.api.answers import outcome
from tests.api.answers import refusal as refused
from tests.api.standard.wire import (
    NO_ACTIVATION,
    NO_TEMPORARY_KEY,
    NO_VAULT,
    UNAUTHENTICATED,
    post_encrypted,
)
from tests.bank import PIN, Bank
from tests.remote.fault_server import FaultServer, answer, fault_server, result
from tests.remote.faults import FAULTS, SLOW, lines

AWAY = refused(409, "REMOTE_COMMUNICATION_ERROR", "Communication with remote system failed.")


@pytest.fixture
def away(settings: Settings) -> Iterator[FaultServer]:
    with fault_server() as server:
        settings.POWERAUTH_SERVICE_URL = server.url
        settings.POWERAUTH_SERVICE_CONNECT_TIMEOUT_S = 1
        settings.POWERAUTH_SERVICE_RESPONSE_TIMEOUT_S = 1
        yield server


@pytest.mark.parametrize("fault", FAULTS)
def test_approval(
    bank: Bank,
    alice: Phone,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    operation = bank.operation("alice")
    away: FaultServer = request.getfixturevalue("away")
    away.behaviour = FAULTS[fault]
    answered = alice.approve(str(operation.pk), operation.data, pin=PIN)
    assert outcome(answered) == AWAY
    (line,) = lines(caplog)
    assert line.startswith("the PowerAuth Server failed: call=signature/verify reason=")
    assert len(away.requests) == 1


@pytest.mark.parametrize("fault", SLOW)
def test_slow_answers_end_with_their_time(
    alice: Phone, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    away: FaultServer = request.getfixturevalue("away")
    away.behaviour = SLOW[fault]
    begun = time.monotonic()
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    # A connection, an answer, and the watch; a thread that hangs would take for ever.
    assert time.monotonic() - begun < 10
    assert len(lines(caplog)) == 1
    assert len(away.requests) == 1


def test_nobody_listens(alice: Phone, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.POWERAUTH_SERVICE_URL = "http://127.0.0.1:1/rest"
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert lines(caplog) == [
        "the PowerAuth Server failed: call=signature/verify reason=no connection"
    ]


def _code_of(act: object) -> object:
    with pytest.raises(PhoneFailure) as failure:
        act()  # type: ignore[operator] # a function of the test
    return outcome(failure.value.answer)


@pytest.mark.parametrize("fault", ["HTML", "no answer", "an empty object", "unknown code"])
def test_every_endpoint_answers_with_its_error(
    bank: Bank, request: pytest.FixtureRequest, fault: str, settings: Settings
) -> None:
    alice = bank.phone("alice", version="3.2")
    code, token = bank.code("bob"), alice.create_token("possession_knowledge", PIN)
    blank = bank.blank_phone(version="3.2")
    newer = bank.phone("alice")
    operation = bank.operation("alice")
    settings.ACTIVATION_SPAWN_ENABLED = True
    away: FaultServer = request.getfixturevalue("away")
    away.behaviour = FAULTS[fault]
    assert _code_of(alice.status) == NO_ACTIVATION
    assert _code_of(lambda: blank.activate(code, pin=PIN)) == NO_ACTIVATION
    assert _code_of(lambda: alice.detail(token)) == NO_ACTIVATION
    assert _code_of(lambda: alice.rename("New", PIN)) == NO_ACTIVATION
    assert _code_of(lambda: alice.remove(PIN)) == NO_ACTIVATION
    assert _code_of(alice.create_token) == UNAUTHENTICATED
    assert _code_of(lambda: alice.remove_token(token)) == UNAUTHENTICATED
    assert _code_of(lambda: alice.unlock_vault(PIN)) == NO_VAULT
    assert _code_of(alice.user_info) == refused(400, "ERR_USER_INFO", "POWER_AUTH_USER_INFO_ERROR")
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED
    assert _code_of(newer.user_info) == NO_TEMPORARY_KEY
    alice.token = token
    assert _code_of(alice.operations) == AWAY
    assert _code_of(lambda: alice.operation(str(operation.pk))) == AWAY
    assert _code_of(lambda: alice.claim(str(operation.pk))) == AWAY
    assert _code_of(lambda: alice.history(pin=PIN)) == AWAY
    assert outcome(alice.approve(str(operation.pk), operation.data, pin=PIN)) == AWAY
    assert outcome(alice.reject(str(operation.pk))) == AWAY
    assert _code_of(lambda: alice.spawn("other", "12345678", pin=PIN)) == refused(
        400, "ACTIVATION_CODE_FAILED", "Unable to fetch activation code."
    )
    assert _code_of(lambda: alice.oidc_configuration("abc")) == refused(
        400, "APPLICATION_CONFIGURATION_ERROR", "Unable to fetch application configuration."
    )
    assert outcome(alice.register_push("token", platform="ios")) == refused(
        400,
        "PUSH_REGISTRATION_FAILED",
        "Push registration failed in Mobile Token API component.",
    )
    assert _code_of(alice.unread_count) == refused(
        400, "INBOX_FAILED", "Unable to process inbox request."
    )
    upgrade: Answer = post_encrypted(alice, "/pa/v3/upgrade/start", {}, Encryptor.UPGRADE)
    assert upgrade.status in (400, 401)


VERDICT = {
    "signatureValid": True,
    "activationStatus": "ACTIVE",
    "blockedReason": None,
    "userId": "alice",
    "applicationId": "app",
    "signatureType": "POSSESSION_KNOWLEDGE",
    "remainingAttempts": 5,
    "applicationRoles": [],
    "activationFlags": [],
}


@pytest.mark.parametrize(
    "members",
    [
        {"signatureValid": "true"},
        {"signatureValid": 1},
        {"signatureValid": None},
        {"activationStatus": "BLOCKED"},
        {"activationStatus": None},
        {"activationId": "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"},
        {"activationId": None},
        {"applicationId": ""},
        {"userId": 7},
        {"activationFlags": "VIP"},
        {"activationFlags": [None]},
        {"signatureType": "POSSESSION"},
    ],
)
def test_half_a_verdict_lets_nobody_in(
    alice: Phone, request: pytest.FixtureRequest, members: dict[str, object]
) -> None:
    away: FaultServer = request.getfixturevalue("away")
    away.behaviour = result({**VERDICT, "activationId": alice.activation_id})
    assert alice.validate_signature(pin=PIN).ok
    away.behaviour = result({**VERDICT, "activationId": alice.activation_id, **members})
    assert outcome(alice.validate_signature(pin=PIN)) == UNAUTHENTICATED


def test_newer_servers_may_say_more(alice: Phone, request: pytest.FixtureRequest) -> None:
    away: FaultServer = request.getfixturevalue("away")
    more = {"blockedReason": "FROM_THE_FUTURE", "fidelity": {"level": [1, 2.5]}, "flags": None}
    away.behaviour = result({**VERDICT, "activationId": alice.activation_id, **more})
    assert alice.validate_signature(pin=PIN).ok


def test_numbers_that_nobody_can_hold(alice: Phone, request: pytest.FixtureRequest) -> None:
    away: FaultServer = request.getfixturevalue("away")
    verdict = {**VERDICT, "activationId": alice.activation_id, "more": "MORE"}
    whole = json.dumps({"status": "OK", "responseObject": verdict})
    away.behaviour = answer(200, whole.replace('"MORE"', "1" * 5000).encode())
    assert alice.validate_signature(pin=PIN).ok
