"""What phones are told where their algorithm or version is not admitted: protocol-4.md 34.1."""

from http import HTTPStatus

import pytest
from pytest_django import Settings

from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.models import Activation, ActivationState, TemporaryKey
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import TOKEN_HEADER
from powerauth.protocol.v4.suites import EC_P384
from powerauth.standard import keystore
from tests.api.answers import OK, outcome, refusal
from tests.api.standard.activation.creating import refused
from tests.api.standard.activation.test_custom import HOOKS, IDENTITY
from tests.api.standard.activation.test_oidc import assert_refused as assert_login_refused
from tests.api.standard.activation.test_oidc import configure
from tests.api.standard.v4.moving import WireMoving
from tests.api.standard.wire import NO_ACTIVATION, post_encrypted, sealed
from tests.bank import PIN, VERSIONS, Bank
from tests.oidc_provider import serve

CODES = ("ERR_AUTHENTICATION", "ERR_TEMPORARY_KEY")
NO_TEMPORARY_KEY = refusal(400, "ERR_TEMPORARY_KEY", "POWER_AUTH_TEMPORARY_KEY_FAILURE")


def admit(bank: Bank, *names: str) -> None:
    application_config.store(bank.application.id, ALGORITHMS, list(names))


@pytest.fixture
def only_4(settings: Settings) -> Settings:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    return settings


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_a_code_is_no_use_to_a_phone_of_version_3(bank: Bank, version: str) -> None:
    admit(bank, "EC_P384")
    code = bank.code("alice")
    assert refused(bank.blank_phone(version=version), code) == NO_ACTIVATION
    row = Activation.objects.get()
    assert (row.state, row.failed_attempts) == (ActivationState.CREATED, 0)
    phone = bank.blank_phone(version="4.0", suite="EC_P384")
    phone.activate(code, pin=PIN)
    assert bank.activation(phone).algorithm == "EC_P384"


@pytest.mark.parametrize("kind", ["CUSTOM", "DIRECT"])
def test_an_identity_is_no_use_to_a_phone_of_version_3(
    bank: Bank, settings: Settings, kind: str
) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.ByPassword"
    admit(bank, "EC_P384")
    with pytest.raises(PhoneFailure) as failure:
        bank.blank_phone().activate_directly(IDENTITY, pin=PIN, kind=kind)
    assert outcome(failure.value.answer) == NO_ACTIVATION
    assert not Activation.objects.exists()


def test_a_login_is_no_use_to_a_phone_of_version_3(bank: Bank) -> None:
    with serve() as provider:
        configure(bank, provider)
        admit(bank, "EC_P384")
        assert_login_refused(bank, provider)
    assert not Activation.objects.exists()


def test_trap_26_a_phone_cannot_choose_a_suite_that_is_not_allowed(bank: Bank) -> None:
    admit(bank, "EC_P256", "EC_P384_ML_L3")
    phone = bank.blank_phone(version="4.0", suite="EC_P384")
    with pytest.raises(PhoneFailure) as failure:
        phone.activate(bank.code("alice"), pin=PIN)
    assert outcome(failure.value.answer) == NO_TEMPORARY_KEY
    assert not TemporaryKey.objects.exists()
    bank.phone("bob")


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_protocol_3_is_refused_like_a_wrong_code(
    bank: Bank, version: str, settings: Settings
) -> None:
    phone, code = bank.phone("alice", version=version), bank.code("bob")
    token = phone.token_header(phone.usual_token())
    request = sealed(phone, Encryptor.ACTIVATION_GENERIC)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    wrong = phone.validate_signature(pin="0000")
    assert wrong.status == HTTPStatus.UNAUTHORIZED
    assert outcome(phone.validate_signature(pin=PIN)) == outcome(wrong)
    listed = phone.plain_post(
        "/api/auth/token/app/operation/list", b"{}", headers={TOKEN_HEADER: token}
    )
    assert listed.status == HTTPStatus.UNAUTHORIZED
    answer = post_encrypted(
        phone, "/pa/v3/user/info", request.to_json(), Encryptor.ACTIVATION_GENERIC
    )
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert refused(phone, code) == NO_ACTIVATION
    assert bank.activation(phone).failed_attempts == 0


def test_no_temporary_key_of_protocol_3(alice: Phone, only_4: Settings) -> None:
    for scope in Scope:
        alice.temporary_keys.clear()
        with pytest.raises(PhoneFailure) as failure:
            alice.temporary_key(scope)
        assert outcome(failure.value.answer) == NO_TEMPORARY_KEY


def test_nobody_is_asked_for_a_key_that_is_not_admitted(
    alice: Phone, only_4: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In front of another server, which may admit what this one does not."""
    monkeypatch.setattr(keystore, "get_backend", pytest.fail)
    alice.temporary_keys.clear()
    with pytest.raises(PhoneFailure) as failure:
        alice.temporary_key(Scope.APPLICATION)
    assert outcome(failure.value.answer) == NO_TEMPORARY_KEY


def test_the_log_says_why(
    alice: Phone, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    with caplog.at_level("INFO"):
        alice.validate_signature(pin=PIN)
        alice.temporary_keys.clear()
        with pytest.raises(PhoneFailure):
            alice.temporary_key(Scope.APPLICATION)
    lines = [line for line in caplog.text.splitlines() if "reason=ERR0047" in line]
    assert [code in line for code, line in zip(CODES, lines, strict=True)] == [True, True]


def test_a_phone_moves_up_where_protocol_3_is_not_admitted(bank: Bank, settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    phone, older = WireMoving.of(bank, EC_P384), WireMoving.of(bank, EC_P384, version="3.0")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    assert phone.old.status().upgrade_version == 4
    assert not phone.works_as_before()
    phone.start()
    assert outcome(phone.finish()) == OK
    assert phone.works_as_new()
    # Eight digits of protocol 3.0 would be a door that the bank has closed.
    sealed_start = older.new.seal(older.asked(), Encryptor.UPGRADE_START)
    assert older.begin(sealed_start).status == HTTPStatus.UNAUTHORIZED
