"""The phone of the project whose requests or answers are lost, and that starts anew after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from pytest_django import Settings

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v4.suites import EC_P384
from tests import wsgi
from tests.bank import PIN, Bank

NEW_PIN = "5678"
CHANGE, VALIDATE = "/pa/v4/password/change", "/pa/v4/auth/validate"
KEYSTORE, START = "/pa/v4/keystore/create", "/pa/v4/upgrade/start"
CONFIRM, ADD = "/pa/v4/upgrade/confirm", "/pa/v4/biometry/add"

LOST = pytest.mark.parametrize("lost", ["question", "answer"])


@contextmanager
def losing(phone: Phone, path: str, lost: str) -> Iterator[None]:
    """Lose the questions or the answers of a path, and insist that one was lost."""
    ask = phone.server.request

    def request(
        method: str, address: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        if address != path:
            return ask(method, address, body, headers)
        if lost == "answer":
            assert ask(method, address, body, headers).ok
        raise requests.ConnectionError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(requests.ConnectionError):
        patch.setattr(phone.server, "request", request)
        yield


@pytest.fixture
def restart(tmp_path: Path) -> Callable[[Phone], Phone]:
    """Start a phone anew from what its checkpoints wrote."""
    file = tmp_path / "phone.json"

    def again(phone: Phone) -> Phone:
        if not file.exists():
            phone.save(file)
        loaded = Phone.load(file, session=wsgi.session())
        loaded.checkpoint = lambda: loaded.save(file)
        return loaded

    return again


@LOST
@pytest.mark.parametrize("path", [CHANGE, VALIDATE])
def test_a_change_of_the_pin(
    bank: Bank, restart: Callable[[Phone], Phone], path: str, lost: str
) -> None:
    phone = restart(bank.phone("alice", version="4.0", suite=EC_P384.name))
    with losing(phone, path, lost):
        phone.change_pin(PIN, NEW_PIN)
    phone = restart(phone)
    phone.status()
    phone.change_pin(PIN, NEW_PIN)
    assert bank.activation(phone).failed_attempts == 0
    assert phone.validate_signature(pin=NEW_PIN).ok
    assert phone.validate_signature(pin=PIN).status == 401


@LOST
@pytest.mark.parametrize("path", [CHANGE, VALIDATE])
def test_the_old_pin_goes_on_until_the_new_one_is_proven(
    bank: Bank, restart: Callable[[Phone], Phone], path: str, lost: str
) -> None:
    phone = restart(bank.phone("alice", version="4.0", suite=EC_P384.name))
    with losing(phone, path, lost):
        phone.change_pin(PIN, NEW_PIN)
    phone = restart(phone)
    phone.status()
    proven = (path, lost) == (VALIDATE, "answer")
    assert phone.validate_signature(pin=PIN).ok is not proven


@LOST
@pytest.mark.parametrize("path", [ADD, VALIDATE])
def test_biometry(bank: Bank, restart: Callable[[Phone], Phone], path: str, lost: str) -> None:
    phone = restart(bank.phone("alice", version="4.0", suite=EC_P384.name))
    with losing(phone, path, lost):
        phone.add_biometry(PIN)
    phone = restart(phone)
    phone.status()
    assert phone.validate_signature(factors="possession_biometry").ok
    phone.add_biometry(PIN)
    assert phone.validate_signature(factors="possession_biometry").ok
    assert bank.activation(phone).failed_attempts == 0


@LOST
@pytest.mark.parametrize("path", [KEYSTORE, START, CONFIRM])
def test_an_upgrade(
    bank: Bank, restart: Callable[[Phone], Phone], settings: Settings, path: str, lost: str
) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    phone = bank.phone("alice", version="3.3")
    phone.suite = EC_P384
    phone = restart(phone)
    with losing(phone, path, lost):
        phone.upgrade(PIN)
    phone = restart(phone)
    if (path, lost) != (CONFIRM, "answer"):
        phone.status()
        assert phone.validate_signature(pin=PIN).ok
    phone.upgrade(PIN)
    assert bank.activation(phone).protocol_generation == 4
    assert phone.validate_signature(pin=PIN).ok
    assert phone.validate_signature(factors="possession_biometry").ok
