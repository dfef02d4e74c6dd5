"""Versions below the one that an activation was created with: protocol.md 0.1 and 14 (33)."""

import logging

import pytest
from pytest_django.fixtures import Settings

from powerauth.engine.signatures import version_floor
from powerauth.models import Activation, SignatureAudit
from powerauth.phone.errors import PhoneFailure
from tests.api.answers import OK, outcome
from tests.api.standard.wire import PK, UNAUTHENTICATED, P, attempts
from tests.bank import PIN, VERSIONS_OF_3, Bank

STEPS = [(created, used) for created in VERSIONS_OF_3 for used in VERSIONS_OF_3]


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_an_activation_knows_its_first_version(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    phone.version = "3.3"
    assert outcome(phone.validate_signature(pin=PIN)) == OK
    assert bank.activation(phone).created_with == version


@pytest.mark.parametrize(("created", "used"), STEPS)
@pytest.mark.parametrize("factors", [P, PK])
def test_signatures_of_a_bank_whose_apps_never_go_back(
    bank: Bank, settings: Settings, created: str, used: str, factors: object
) -> None:
    settings.POWERAUTH_VERSION_DOWNGRADE_ALLOWED = False
    phone = bank.phone("alice", version=created)
    phone.version = used
    answer = phone.validate_signature(factors=factors, pin=PIN)  # type: ignore[arg-type]
    if used >= created:
        assert outcome(answer) == OK
    else:
        assert outcome(answer) == UNAUTHENTICATED
        assert (attempts(phone), SignatureAudit.objects.count()) == ((0, 0), 0)


@pytest.mark.embedded
@pytest.mark.parametrize(("created", "used"), [step for step in STEPS if step[1] < step[0]])
def test_tokens_and_encryption_of_such_a_bank(
    bank: Bank, settings: Settings, created: str, used: str
) -> None:
    phone = bank.phone("alice", version=created)
    token = phone.create_token(PK, PIN)
    settings.POWERAUTH_VERSION_DOWNGRADE_ALLOWED = False
    assert phone.detail(token)["activationId"] == phone.activation_id
    phone.version = used
    with pytest.raises(PhoneFailure):
        phone.detail(token)
    with pytest.raises(PhoneFailure):
        phone.user_info()
    phone.version = created
    assert phone.user_info()["sub"] == "alice"


@pytest.mark.parametrize("allowed", [True, False])
def test_a_lower_version_leaves_a_log_line(
    bank: Bank, settings: Settings, caplog: pytest.LogCaptureFixture, allowed: bool
) -> None:
    settings.POWERAUTH_VERSION_DOWNGRADE_ALLOWED = allowed
    phone = bank.phone("alice", version="3.2")
    with caplog.at_level(logging.INFO, logger=version_floor.__name__):
        phone.validate_signature(pin=PIN)
        assert caplog.messages == []
        phone.version = "3.0"
        phone.validate_signature(pin=PIN)
    (message,) = caplog.messages
    assert phone.activation_id in message
    assert ("accepted" in message, "refused" in message) == (allowed, not allowed)
    assert "created with 3.2, used with 3.0" in message


def test_an_activation_of_before_takes_every_version(bank: Bank, settings: Settings) -> None:
    settings.POWERAUTH_VERSION_DOWNGRADE_ALLOWED = False
    phone = bank.phone("alice", version="3.3")
    Activation.objects.update(created_with="")
    phone.version = "3.0"
    assert outcome(phone.validate_signature(pin=PIN)) == OK
