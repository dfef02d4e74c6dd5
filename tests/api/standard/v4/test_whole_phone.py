"""The phone of the project against the server, in every suite of protocol 4.0."""

import pytest
from pytest_django import Settings

from powerauth.phone.errors import PhoneFailure, UpgradeNotOffered
from powerauth.phone.phone import Phone
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import available_suites
from powerauth.protocol.v4.vault import VaultKey
from tests.bank import PIN, Bank

SUITES = [suite.name for suite in available_suites()]
NEW_PIN, WRONG_PIN = "5678", "9999"
PB = SignatureType.POSSESSION_BIOMETRY


@pytest.fixture(params=SUITES)
def phone(bank: Bank, request: pytest.FixtureRequest) -> Phone:
    """An active phone of each suite."""
    return bank.phone("alice", version="4.0", suite=request.param)


def test_activation_and_codes(phone: Phone, bank: Bank) -> None:
    row = bank.activation(phone)
    assert (row.algorithm, row.protocol_generation) == (phone.suite.name, 4)
    assert (row.confirmation_pending, row.biometry_enabled) == (False, True)
    for kind in (SignatureType.POSSESSION, SignatureType.POSSESSION_KNOWLEDGE, PB):
        assert phone.validate_signature(factors=kind, pin=PIN).ok
    assert phone.validate_signature("GET", b"", "b=1&a=2", pin=PIN).ok
    assert phone.validate_signature(pin=WRONG_PIN).status == 401


def test_status(phone: Phone) -> None:
    phone.validate_signature(pin=WRONG_PIN)
    status = phone.status()
    assert (status.state, status.failed_attempts, status.current_version) == (3, 1, 4)
    assert (status.biometry_enabled, status.confirmation_pending) == (True, False)
    assert not status.upgrade_offered


def test_counter_repair(phone: Phone) -> None:
    before = phone.state
    for _ in range(3):
        assert phone.validate_signature(pin=PIN).ok
    phone.state = before
    phone.status()
    assert phone.validate_signature(pin=PIN).ok
    phone.advance(12)
    phone.status()
    assert phone.validate_signature(pin=PIN).ok


def test_tokens_and_what_is_encrypted(phone: Phone) -> None:
    token = phone.create_token(SignatureType.POSSESSION_KNOWLEDGE, PIN)
    assert len(token.secret) == 32
    assert phone.operations() == []
    assert phone.rename("Mine", PIN)["activationName"] == "Mine"
    assert phone.detail()["activationName"] == "Mine"
    assert phone.user_info()["sub"] == "alice"
    phone.remove_token(token)


def test_vault(phone: Phone) -> None:
    keys = {phone.unlock_vault(PIN, "TEST", key=key.value) for key in VaultKey}
    assert len(keys) == 3
    signatures = phone.sign_with_device_keys(b"data", PIN)
    assert list(signatures) == [algorithm.label for algorithm in phone.suite.signing]
    assert phone.verify_own_signatures(b"data", signatures)
    with pytest.raises(PhoneFailure):
        phone.unlock_vault(None, key=VaultKey.KDK_APP_VAULT_KNOWLEDGE.value, factors=PB)


def test_change_of_the_pin(phone: Phone) -> None:
    phone.change_pin(PIN, NEW_PIN)
    assert phone.validate_signature(pin=NEW_PIN).ok
    assert phone.validate_signature(pin=PIN).status == 401
    with pytest.raises(PhoneFailure):
        phone.change_pin(PIN, WRONG_PIN)
    assert phone.validate_signature(pin=NEW_PIN).ok


def test_biometry(phone: Phone) -> None:
    phone.add_biometry(PIN)
    assert phone.validate_signature(factors=PB).ok
    phone.remove_biometry()
    assert phone.status().biometry_enabled is False
    phone.add_biometry(PIN)
    assert phone.validate_signature(factors=PB).ok
    assert phone.status().biometry_enabled is True


def test_removal(phone: Phone, bank: Bank) -> None:
    row = bank.activation(phone)
    phone.remove(PIN)
    row.refresh_from_db()
    assert row.state == 5


@pytest.mark.parametrize("suite", SUITES)
def test_upgrade(bank: Bank, suite: str, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    phone = bank.phone("alice", version="3.1")
    phone.suite = next(each for each in available_suites() if each.name == suite)
    phone.create_token()
    phone.upgrade(PIN)
    row = bank.activation(phone)
    assert (row.protocol_generation, row.algorithm) == (4, suite)
    assert (phone.version, phone.suite.name, phone.token) == ("4.0", suite, None)
    assert phone.validate_signature(pin=PIN).ok
    assert phone.validate_signature(factors=PB).ok
    assert phone.operations() == []
    assert phone.status().current_version == 4
    with pytest.raises(UpgradeNotOffered):
        phone.upgrade(PIN)
