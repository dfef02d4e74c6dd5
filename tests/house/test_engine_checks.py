"""System checks of the engine: libraries, what applications admit, and the server behind."""

import pytest
from django.core.checks import registry as checks
from pytest_django import Settings

from powerauth.checks import libraries
from powerauth.checks.applications import check_applications
from powerauth.checks.in_front import check_in_front
from powerauth.checks.libraries import check_libraries
from powerauth.engine.applications import application_config
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.models import ApplicationConfig
from powerauth.protocol.v4.primitives import kmac
from powerauth.protocol.v4.suites import SUITES
from tests.bank import Bank


def test_these_libraries_can_do_all() -> None:
    assert check_libraries(None) == []


def test_an_old_openssl_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "available_suites", lambda: SUITES[:1])
    (warning,) = check_libraries(None)
    assert warning.id == "enrollment_server.W042"
    assert not warning.is_serious()
    assert "EC_P384_ML_L3, EC_P384_ML_L5 cannot" in warning.msg
    assert "phones get EC_P384 and protocol 3.x" in warning.msg
    assert "OpenSSL 3.5" in str(warning.hint)


def _wrong(key: bytes, data: bytes, custom: str, size: int) -> bytes:
    return bytes(size)


def _refusing(key: bytes, data: bytes, custom: str, size: int) -> bytes:
    raise ValueError("a key of less than 32 bytes")  # trap 4


@pytest.mark.parametrize("computed", [_wrong, _refusing])
def test_a_library_without_this_mac_is_an_error(
    monkeypatch: pytest.MonkeyPatch, computed: object
) -> None:
    """Trap 4: some classes refuse keys below 32 bytes."""
    monkeypatch.setattr(kmac, "_compute", computed)
    (error,) = check_libraries(None)
    assert error.id == "enrollment_server.E151"
    assert error.is_serious()


def test_both_ways_to_compute_it_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kmac, "_compute", kmac.by_class)
    assert check_libraries(None) == []


def test_every_command_looks_at_the_libraries() -> None:
    names = {getattr(check, "__name__", "") for check in checks.registry.get_checks()}
    assert check_libraries.__name__ in names


@pytest.mark.parametrize(
    ("minimum", "allowed", "warned"),
    [
        ("4.0", ["EC_P256"], True),
        ("4.0", ["EC_P256", "EC_P384"], False),
        ("4.0", [], False),
        ("3.3", ["EC_P256"], False),
        ("3.0", ["EC_P256"], False),
    ],
)
def test_an_application_that_no_phone_can_come_to_is_a_warning(
    bank: Bank, settings: Settings, minimum: str, allowed: list[str], warned: bool
) -> None:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = minimum
    application_config.store(bank.application.id, ALGORITHMS, allowed)
    messages = check_applications(None)
    assert [message.id for message in messages] == (["enrollment_server.W043"] if warned else [])
    assert all(bank.application.id in message.msg for message in messages)


def test_a_configuration_that_does_not_open_is_not_told_of_here(
    bank: Bank, settings: Settings
) -> None:
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    ApplicationConfig.objects.create(
        application=bank.application, key=ALGORITHMS, record=b"\x01 of another key"
    )
    assert check_applications(None) == []


@pytest.mark.parametrize(
    ("url", "minimum", "line", "refused"),
    [
        ("https://powerauth.bank.example/rest", "4.0", "1.9", True),
        ("https://powerauth.bank.example/rest", "4.0", "1.10", True),
        ("https://powerauth.bank.example/rest", "4.0", "2.0", False),
        ("https://powerauth.bank.example/rest", "3.3", "1.9", False),
        ("https://powerauth.bank.example/rest", "wrong", "1.9", False),
        ("https://powerauth.bank.example/rest", "4.0", "wrong", False),
        ("", "4.0", "1.9", False),
    ],
)
def test_a_server_in_front_of_one_that_serves_none_of_the_admitted_phones_is_an_error(
    settings: Settings, url: str, minimum: str, line: str, refused: bool
) -> None:
    settings.POWERAUTH_SERVICE_URL = url
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = minimum
    settings.POWERAUTH_SERVICE_LINE = line
    found = [message.id for message in check_in_front(None)]
    assert found == (["enrollment_server.E152"] if refused else [])
