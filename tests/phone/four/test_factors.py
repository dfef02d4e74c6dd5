"""PIN and biometry: changes, answers that are lost, and a phone that starts anew in between."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from powerauth.phone.errors import BiometryMissing, PhoneFailure, UntrustworthyAnswer
from powerauth.phone.phone import Phone
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer

NEW_PIN, WRONG_PIN = "5678", "9999"
PB = "possession_biometry"
CHANGE, VALIDATE = "/pa/v4/password/change", "/pa/v4/auth/validate"
ADD, REMOVE = "/pa/v4/biometry/add", "/pa/v4/biometry/remove"

Restart = Callable[[Phone], Phone]


def lose_answer(server: FakeServer, path: str) -> None:
    """Let the server do what it is asked, and nobody hear of it."""

    def tamper(asked: str, body: Any) -> Any:
        if asked == path:
            raise requests.ConnectionError
        return body

    server.tamper = tamper


def has_pending(server: FakeServer) -> bool:
    return server.mine_4.factors.knowledge.pending is not None


def repair(server: FakeServer) -> None:
    server.tamper = lambda _path, body: body
    server.down = {}


@pytest.fixture
def restart(server: FakeServer, tmp_path: Path) -> Restart:
    """Start a phone anew from the file that its checkpoints wrote."""
    path = tmp_path / "phone.json"

    def again(phone: Phone) -> Phone:
        if not path.exists():
            phone.save(path)
        found = Phone.load(path, session=server.session(), now=phone.own_time_ms)
        found.checkpoint = lambda: found.save(path)
        return found

    return again


@pytest.mark.parametrize("version", ["3.0", "3.3", "4.0"])
def test_another_pin(version: str, make_phone: MakePhone) -> None:
    phone = make_phone(version, suite="EC_P384")
    phone.change_pin(PIN, NEW_PIN)
    assert phone.validate_signature(pin=NEW_PIN).ok
    assert not phone.validate_signature(pin=PIN).ok


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_a_wrong_pin_changes_nothing(version: str, make_phone: MakePhone) -> None:
    phone = make_phone(version, suite="EC_P384")
    with pytest.raises(PhoneFailure):
        phone.change_pin(WRONG_PIN, NEW_PIN)
    assert phone.validate_signature(pin=PIN).ok
    assert not phone.validate_signature(pin=NEW_PIN).ok


def test_the_agreed_secret(suite: str, make_phone: MakePhone, server: FakeServer) -> None:
    """Trap 17: the replaced key is the secret itself, and the server takes it when it is proven."""
    phone = make_phone("4.0", suite=suite)
    first = server.mine_4.factors.knowledge.current
    phone.change_pin(PIN, NEW_PIN)
    knowledge = server.mine_4.factors.knowledge
    assert knowledge.pending is None
    assert knowledge.current != first
    assert not phone.enrolment_4.next_knowledge_locked


def test_the_answer_of_a_change_is_lost(phone: Phone, server: FakeServer, restart: Restart) -> None:
    """The server has a pending key that nobody knows; the old PIN goes on, and drops it."""
    phone = restart(phone)
    lose_answer(server, CHANGE)
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    phone = restart(phone)
    assert phone.enrolment.counter == 1  # the phone died before it could write the counter down
    phone.status()
    assert has_pending(server)
    assert phone.validate_signature(pin=PIN).ok
    assert not has_pending(server)
    phone.change_pin(PIN, NEW_PIN)
    assert phone.validate_signature(pin=NEW_PIN).ok


@pytest.mark.parametrize("cut", ["question", "answer"])
@pytest.mark.parametrize("dies", [True, False])
def test_the_proof_is_cut_off(
    cut: str, dies: bool, phone: Phone, server: FakeServer, restart: Restart
) -> None:
    """The server may know the new PIN only: repeated, the phone asks it with the new one first."""
    phone = restart(phone)
    if cut == "answer":
        lose_answer(server, VALIDATE)
    else:
        server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    assert has_pending(server) is (cut == "question")
    phone = restart(phone) if dies else phone
    assert phone.enrolment_4.next_knowledge_locked
    phone.change_pin(PIN, NEW_PIN)
    assert server.mine_4.failed == 0
    assert not phone.enrolment_4.next_knowledge_locked
    assert phone.validate_signature(pin=NEW_PIN).ok
    assert not phone.validate_signature(pin=PIN).ok


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_old_pin_drops_what_was_cut_off(
    encrypted: bool, phone: Phone, server: FakeServer
) -> None:
    """Trap 18: a success with the current key drops the pending one, on both sides."""
    server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    if encrypted:
        phone.rename("Mine", PIN)
    else:
        assert phone.approve("op-1", pin=PIN).ok
    assert not phone.enrolment_4.next_knowledge_locked
    phone.change_pin(PIN, "1111")
    assert server.mine_4.failed == 0
    assert phone.validate_signature(pin="1111").ok


def test_an_answer_that_cannot_be_trusted_drops_nothing(phone: Phone, server: FakeServer) -> None:
    server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    server.tamper = lambda path, body: {} if path.endswith("/rename") else body
    with pytest.raises(UntrustworthyAnswer):
        phone.rename("Mine", PIN)
    assert phone.enrolment_4.next_knowledge_locked


def test_codes_of_other_factors_drop_nothing(phone: Phone, server: FakeServer) -> None:
    server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    phone.create_token()
    assert phone.enrolment_4.next_knowledge_locked


def test_another_new_pin_after_a_cut(phone: Phone, server: FakeServer) -> None:
    """The user chose otherwise: the kept key does not open, and the old PIN is asked once more."""
    server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    phone.change_pin(PIN, "1111")
    assert phone.validate_signature(pin="1111").ok


def test_a_refused_proof_keeps_both(phone: Phone, server: FakeServer) -> None:
    server.down = {VALIDATE: None}
    with pytest.raises(PhoneFailure):
        phone.change_pin(PIN, NEW_PIN)
    repair(server)
    assert phone.enrolment_4.next_knowledge_locked
    assert phone.validate_signature(pin=PIN).ok


def test_the_file_opens_by_no_pin(phone: Phone, server: FakeServer) -> None:
    server.down = {VALIDATE: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.change_pin(PIN, NEW_PIN)
    keys = server.mine_4.factors.knowledge
    kept = [getattr(phone.enrolment_4, name) for name in type(phone.enrolment_4).__slots__]
    assert keys.current not in kept
    assert keys.pending not in kept


@pytest.mark.parametrize("version", ["3.1", "3.3", "4.0"])
def test_biometry_comes_and_goes(version: str, make_phone: MakePhone) -> None:
    phone = make_phone(version, suite="EC_P384")
    phone.remove_biometry()
    phone.remove_biometry()
    with pytest.raises(BiometryMissing):
        phone.validate_signature(factors=PB)
    phone.add_biometry(PIN)
    phone.add_biometry(PIN)
    assert phone.validate_signature(factors=PB).ok
    phone.status()
    assert phone.validate_signature(factors=PB).ok


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_biometry_needs_the_pin(version: str, make_phone: MakePhone) -> None:
    phone = make_phone(version, suite="EC_P384")
    phone.remove_biometry()
    with pytest.raises(PhoneFailure):
        phone.add_biometry(WRONG_PIN)
    assert not phone.enrolment.biometry_locked


@pytest.mark.parametrize("had", [True, False])
@pytest.mark.parametrize("path", [ADD, VALIDATE])
@pytest.mark.parametrize("cut", ["question", "answer"])
def test_adding_is_cut_off(
    had: bool, path: str, cut: str, phone: Phone, server: FakeServer, restart: Restart
) -> None:
    if not had:
        phone.remove_biometry()
    phone = restart(phone)
    if cut == "answer":
        lose_answer(server, path)
    else:
        server.down = {path: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.add_biometry(PIN)
    repair(server)
    phone = restart(phone)
    phone.status()
    if had or path == VALIDATE:
        # Whatever the phone holds is right, as the former key or as the new one.
        assert phone.validate_signature(factors=PB).ok
    phone.add_biometry(PIN)
    assert server.mine_4.failed == 0
    assert phone.validate_signature(factors=PB).ok


def test_a_refused_removal(phone: Phone, server: FakeServer) -> None:
    server.down = {REMOVE: None}
    with pytest.raises(PhoneFailure):
        phone.remove_biometry()
    assert phone.enrolment.biometry_locked


def test_the_status_takes_biometry_from_the_phone(phone: Phone, server: FakeServer) -> None:
    server.mine_4.factors = server.mine_4.factors.without_biometry()
    assert phone.status().biometry_enabled is False
    assert not phone.enrolment.biometry_locked


def test_the_status_takes_biometry_from_the_server(phone: Phone, server: FakeServer) -> None:
    phone.keep(phone.enrolment.without_biometry())
    assert phone.status().biometry_enabled is True
    assert not server.mine_4.factors.biometry_enabled


def test_a_blocked_phone_settles_nothing(phone: Phone, server: FakeServer) -> None:
    server.mine_4.factors = server.mine_4.factors.without_biometry()
    server.state = 4
    phone.status()
    assert phone.enrolment.biometry_locked
