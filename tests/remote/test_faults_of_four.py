"""Wrong answers of the other server to what a phone of protocol 4.0 asks, endpoint by endpoint."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.errors import PhoneFailure
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encryptors import Scope
from tests.api.answers import Outcome, outcome
from tests.api.answers import refusal as refused
from tests.api.standard.wire import NO_ACTIVATION, NO_TEMPORARY_KEY, NO_VAULT
from tests.api.standard.words import words
from tests.bank import PIN, Bank
from tests.remote.fault_server import fault_server
from tests.remote.faults import FAULTS

SAID = words("4.0")
NO_BIOMETRY = refused(400, "ERR_BIOMETRY", "POWER_AUTH_BIOMETRY_FAILURE")
NO_PASSWORD = refused(400, "ERR_PASSWORD_CHANGE", "POWER_AUTH_PASSWORD_CHANGE_FAILURE")
NO_USER_INFO = refused(400, "ERR_USER_INFO", "POWER_AUTH_USER_INFO_ERROR")
AWAY = refused(409, "REMOTE_COMMUNICATION_ERROR", "Communication with remote system failed.")


def _outcome(act: Callable[[], object]) -> Outcome:
    try:
        answer = act()
    except PhoneFailure as failure:
        answer = failure.answer
    assert isinstance(answer, Answer)
    return outcome(answer)


@pytest.mark.parametrize("fault", ["HTML", "no answer", "an empty object", "unknown code"])
def test_every_endpoint_answers_with_its_error(bank: Bank, fault: str, settings: Settings) -> None:
    alice, newer = bank.phone("alice", version="4.0"), bank.phone("alice", version="4.0")
    code, token = bank.code("bob"), alice.create_token("possession_knowledge", PIN)
    blank = bank.blank_phone(version="4.0")
    for phone, scopes in ((alice, Scope), (blank, [Scope.APPLICATION])):
        for scope in scopes:
            phone.temporary_key(scope)
    operation = bank.operation("alice")
    settings.ACTIVATION_SPAWN_ENABLED = True
    newer.temporary_keys.clear()
    with fault_server() as away:
        away.behaviour = FAULTS[fault]
        settings.POWERAUTH_SERVICE_URL = away.url
        settings.POWERAUTH_SERVICE_LINE = "2.0"
        for act, expected in (
            (alice.status, NO_ACTIVATION),
            (lambda: blank.activate(code, pin=PIN), NO_ACTIVATION),
            (lambda: alice.confirm(PIN), NO_ACTIVATION),
            (lambda: alice.detail(token), NO_ACTIVATION),
            (lambda: alice.rename("New", PIN), NO_ACTIVATION),
            (lambda: alice.remove(PIN), NO_ACTIVATION),
            (alice.create_token, SAID.no_code),
            (lambda: alice.remove_token(token), SAID.no_code),
            (lambda: alice.unlock_vault(PIN), NO_VAULT),
            (alice.user_info, NO_USER_INFO),
            (lambda: alice.validate_signature(pin=PIN), SAID.no_code),
            (newer.user_info, NO_TEMPORARY_KEY),
            (lambda: alice.change_pin(PIN, "7777"), NO_PASSWORD),
            (lambda: alice.add_biometry(PIN), NO_BIOMETRY),
            (alice.remove_biometry, NO_BIOMETRY),
            (lambda: alice.operation(str(operation.pk)), AWAY),
            (lambda: alice.claim(str(operation.pk)), AWAY),
            (lambda: alice.history(pin=PIN), AWAY),
            (lambda: alice.approve(str(operation.pk), operation.data, pin=PIN), AWAY),
            (lambda: alice.reject(str(operation.pk)), AWAY),
        ):
            alice.token = replace(token)
            asked = len(away.requests)
            assert _outcome(act) == expected
            assert len(away.requests) <= asked + 1
