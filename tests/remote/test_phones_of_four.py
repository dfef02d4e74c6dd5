"""`/pa/v4` in front of a PowerAuth Server with `/rest/v4`: protocol-4.md 16.3, 34.3."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from powerauth.engine.activations import lifecycle
from powerauth.models import Activation, ActivationState, CommitPhase
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.suites import EC_P384, SUITES
from tests.api.answers import OK, outcome
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.api.standard.v4.wire import CODE_INVALID, NO_ACTIVATION, NO_STATUS, WRONG, P
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, configure
from tests.remote.fault_server import fault_server, result

VERIFY = "v4/auth/verify"


@pytest.fixture
def phone(bank: Bank, called: list[str]) -> WirePhone:
    """A phone that was activated through this server, and waits for its commit."""
    phone = wire_phone(bank.application, EC_P384)
    phone.activate(phone.begin(commit_phase=CommitPhase.ON_COMMIT))
    phone.status()
    called.clear()
    return phone


def committed(phone: WirePhone) -> None:
    Activation.objects.filter(pk=phone.activation_id).update(state=ActivationState.ACTIVE)


def calls_of(called: list[str], act: Any) -> list[str]:
    called.clear()
    act()
    return [method for method in called if method != "v4/keystore/create"]


def test_a_confirmation_before_the_commit(phone: WirePhone, called: list[str]) -> None:
    assert calls_of(called, lambda: phone.confirm(enable_biometry=True)) == [
        VERIFY,
        "v4/activation/confirm",
    ]
    assert (phone.row.confirmation_pending, phone.row.biometry_enabled) == (False, True)
    assert outcome(phone.confirm()) == NO_ACTIVATION


def test_other_codes_before_the_commit(phone: WirePhone, called: list[str]) -> None:
    assert outcome(phone.validate()) == CODE_INVALID
    assert (
        outcome(
            phone.post_signed("/activation/confirm", "/pa/activation/confirm", {}, knowledge=WRONG)
        )
        == CODE_INVALID
    )
    assert (phone.row.state, phone.row.failed_attempts) == (ActivationState.PENDING_COMMIT, 1)


def test_the_status_in_every_state(phone: WirePhone, called: list[str]) -> None:
    for state in set(ActivationState) - {ActivationState.CREATED}:
        Activation.objects.update(state=state)
        assert phone.status().state == state
    assert calls_of(called, phone.status) == ["v4/encryptor", "v4/activation/status"]
    lifecycle.remove(phone.activation_id, at=phone.row.created_at)
    assert phone.status().state == ActivationState.REMOVED


def test_factors(phone: WirePhone, called: list[str]) -> None:
    committed(phone)
    phone.confirm()
    former = phone.keys.knowledge
    assert calls_of(called, lambda: phone.new_key("knowledge")) == [VERIFY, "v4/password/change"]
    assert outcome(phone.validate()) == OK
    assert outcome(phone.validate(knowledge=former)) == CODE_INVALID
    assert calls_of(called, lambda: phone.new_key("biometry")) == [VERIFY, "v4/biometry/add"]
    assert outcome(phone.validate(PB)) == OK
    assert calls_of(called, phone.remove_biometry) == [VERIFY, "v4/biometry/remove"]
    assert outcome(phone.validate(PB)) == CODE_INVALID


def test_tokens_and_vault(phone: WirePhone) -> None:
    committed(phone)
    token = phone.create_token(P)
    answer = phone.server.post(
        "/api/auth/token/app/operation/list", b"{}", phone.token_header(token)
    )
    assert answer.status == 200
    sealed = phone.seal({"keyIdentifier": "KDK_APP_VAULT_2FA"}, Encryptor.VAULT_UNLOCK)
    assert phone.post_sealed_signed("/vault/unlock", sealed).status == 200


def test_suites(bank: Bank, phone: WirePhone, settings: Settings) -> None:
    asked = {"requestObject": {"applicationKey": phone.version.application_key}}
    every = [suite.name for suite in SUITES]
    assert phone.post("/status", b"").payload["supportedAlgorithms"] == every
    assert phone.post("/status", asked).payload["supportedAlgorithms"] == every
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P384"])
    assert phone.post("/status", asked).payload["supportedAlgorithms"] == ["EC_P384"]
    unknown = {"requestObject": {"applicationKey": "A" * 22 + "=="}}
    assert outcome(phone.post("/status", unknown)) == NO_STATUS
    settings.POWERAUTH_SERVICE_LINE = "1.9"
    assert phone.post("/status", asked).payload["supportedAlgorithms"] == []


@pytest.mark.parametrize("state", ["REMOVED", "BLOCKED", "CREATED", "", None])
def test_a_verdict_in_a_state_that_was_not_admitted(
    phone: WirePhone, settings: Settings, monkeypatch: pytest.MonkeyPatch, state: object
) -> None:
    monkeypatch.undo()
    verdict = {
        "authenticationValid": True,
        "activationStatus": state,
        "activationId": phone.activation_id,
        "userId": "alice",
        "applicationId": phone.application.id,
        "authenticationCodeType": "POSSESSION_KNOWLEDGE",
        "remainingAttempts": 5,
        "applicationRoles": [],
        "activationFlags": [],
    }
    with fault_server() as server:
        server.behaviour = result(verdict)
        settings.POWERAUTH_SERVICE_URL = server.url
        settings.POWERAUTH_SERVICE_LINE = "2.0"
        assert not phone.confirm().ok
        assert len(server.requests) == 1
    assert phone.row.confirmation_pending
