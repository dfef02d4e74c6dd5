"""From protocol 3 to 4.0: every step may be the last one, and the phone goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from powerauth.phone.errors import (
    NotActivated,
    PhoneFailure,
    UntrustworthyAnswer,
    UpgradeNotOffered,
    UpgradeUnfinished,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.headers import EncryptionHeader, SignatureHeader
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import suite_of
from powerauth.protocol.versions import GENERATION_4
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import Activation, FakeServer, header, raw
from tests.phone.four.test_factors import lose_answer, repair

NEW_PIN = "5678"
PB = "possession_biometry"
KEYSTORE, START, CONFIRM = (
    "/pa/v4/keystore/create",
    "/pa/v4/upgrade/start",
    "/pa/v4/upgrade/confirm",
)


@pytest.fixture
def phone(make_phone: MakePhone) -> Phone:
    """A phone of protocol 3 that wants to move up to the smallest suite."""
    phone = make_phone("3.3", suite="EC_P384")
    phone.create_token()
    return phone


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2", "3.3"])
def test_every_version_moves_up(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version, suite="EC_P384")
    activation_id = phone.activation_id
    phone.upgrade(PIN)
    assert (phone.version, phone.activation_id) == ("4.0", activation_id)
    assert server.mine_4.activation_id == activation_id


def test_everything_works_afterwards(suite: str, phone: Phone, server: FakeServer) -> None:
    phone.suite = suite_of(suite)
    phone.upgrade(PIN)
    assert server.mine_4.suite.name == phone.enrolment_4.suite_name == suite
    assert phone.state.upgraded is None
    assert phone.token is None
    assert phone.fingerprint == server.fingerprint()
    for factors in ("possession", "possession_knowledge", PB):
        assert phone.validate_signature(factors=factors, pin=PIN).ok
    assert phone.operations() == [server.operation]
    status = phone.status()
    assert not status.upgrade_offered
    assert not status.confirmation_pending
    assert phone.verify_own_signatures(b"data", phone.sign_with_device_keys(b"data", PIN))


def test_what_is_sent(phone: Phone, server: FakeServer) -> None:
    """Trap 21: a header of 3.3 over a body of 4.0 in application scope."""
    phone.upgrade(PIN)
    start, confirm = server.seen[-2:]
    signature = SignatureHeader.parse(header(start, "X-PowerAuth-Authorization"))
    encryption = EncryptionHeader.parse(header(start, "X-PowerAuth-Encryption"), GENERATION_4)
    assert (signature.version, signature.signature_type) == (
        "3.3",
        SignatureType.POSSESSION_KNOWLEDGE,
    )
    assert (encryption.version, encryption.activation_id) == ("4.0", None)
    proof = SignatureHeader.parse(header(confirm, "X-PowerAuth-Authorization"), GENERATION_4)
    assert proof.signature_type is SignatureType.POSSESSION
    assert raw(confirm) == b""


def test_without_biometry(phone: Phone, server: FakeServer) -> None:
    phone.upgrade(PIN, enable_biometry=False)
    assert not server.mine_4.factors.biometry_enabled
    assert not phone.enrolment.biometry_locked


def test_not_offered(phone: Phone, server: FakeServer) -> None:
    server.upgrade_version = 3
    with pytest.raises(UpgradeNotOffered):
        phone.upgrade(PIN)
    assert phone.version == "3.3"
    assert phone.validate_signature(pin=PIN).ok


def test_done_already(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite="EC_P384")
    asked = len(server.seen)
    with pytest.raises(UpgradeNotOffered):
        phone.upgrade(PIN)
    assert len(server.seen) == asked


def test_no_activation(make_phone: MakePhone) -> None:
    with pytest.raises(NotActivated):
        make_phone(activated=False).upgrade(PIN)


def test_a_wrong_pin(phone: Phone, server: FakeServer) -> None:
    with pytest.raises(PhoneFailure):
        phone.upgrade("9999")
    assert phone.state.upgraded is None
    assert (server.mine_3.failed, phone.version) == (1, "3.3")
    phone.upgrade(PIN)
    assert phone.validate_signature(pin=PIN).ok


@pytest.mark.parametrize("path", [KEYSTORE, START, CONFIRM])
@pytest.mark.parametrize("cut", ["question", "answer", "refusal"])
@pytest.mark.parametrize("dies", [True, False])
def test_cut_off(
    path: str, cut: str, dies: bool, phone: Phone, server: FakeServer, tmp_path: Path
) -> None:
    """What the server knows after each step, the phone finds out; protocol 3 goes on until then."""
    file = tmp_path / "phone.json"
    phone.save(file)
    phone.checkpoint = lambda: phone.save(file)
    if cut == "answer":
        lose_answer(server, path)
    else:
        server.down = {path: requests.ConnectionError() if cut == "question" else None}
    with pytest.raises((requests.ConnectionError, PhoneFailure)):
        phone.upgrade(PIN)
    repair(server)
    if dies:
        phone = Phone.load(file, session=server.session(), now=phone.own_time_ms)
    moved = (path, cut) == (CONFIRM, "answer")
    assert isinstance(server.activation, Activation) is not moved
    assert (phone.state.upgraded is None) is (path != CONFIRM)
    if not moved:
        phone.status()
        assert phone.version == "3.3"
        assert phone.approve("op-1", pin=PIN).ok
    phone.upgrade(PIN)
    assert phone.state.upgraded is None
    assert phone.validate_signature(pin=PIN).ok
    assert server.mine_4.failed == 0


def test_the_server_has_other_keys(phone: Phone, server: FakeServer) -> None:
    """What the phone holds is refused, so it starts anew."""
    server.down = {CONFIRM: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.upgrade(PIN)
    repair(server)
    server.upgraded = None
    phone.upgrade(PIN)
    assert phone.validate_signature(pin=PIN).ok


def test_a_refusal_for_good(phone: Phone, server: FakeServer) -> None:
    """The server moved up and refuses for another reason; a status of 3 tells nothing any more."""
    lose_answer(server, CONFIRM)
    with pytest.raises(requests.ConnectionError):
        phone.upgrade(PIN)
    repair(server)
    server.down = {CONFIRM: None}
    with pytest.raises(PhoneFailure):
        phone.upgrade(PIN)
    assert str(server.seen[-1].url).endswith("/pa/v3/activation/status")
    assert phone.state.upgraded is not None
    repair(server)
    phone.upgrade(PIN)
    assert phone.validate_signature(pin=PIN).ok


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ctrData", b64(bytes(16))),
        ("serverPublicKeys", None),
        ("sharedSecretResponse", {"salt": b64(bytes(32)), "encapsulatedKeys": []}),
    ],
)
def test_an_answer_that_makes_no_sense(
    member: str, value: object, phone: Phone, server: FakeServer
) -> None:
    def tamper(path: str, body: Any) -> Any:
        return {**body, member: value} if path == "upgrade" else body

    server.tamper = tamper
    with pytest.raises(UntrustworthyAnswer):
        phone.upgrade(PIN)
    assert phone.state.upgraded is None
    repair(server)
    assert phone.validate_signature(pin=PIN).ok


def test_no_change_of_factors_in_between(phone: Phone, server: FakeServer) -> None:
    server.down = {CONFIRM: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.upgrade(PIN)
    repair(server)
    changes: list[Callable[[], object]] = [
        lambda: phone.change_pin(PIN, NEW_PIN),
        lambda: phone.add_biometry(PIN),
        phone.remove_biometry,
    ]
    for change in changes:
        with pytest.raises(UpgradeUnfinished):
            change()
    phone.upgrade(PIN)
    phone.change_pin(PIN, NEW_PIN)
    assert phone.validate_signature(pin=NEW_PIN).ok


def test_a_new_activation_forgets_it(phone: Phone, server: FakeServer) -> None:
    server.down = {CONFIRM: requests.ConnectionError()}
    with pytest.raises(requests.ConnectionError):
        phone.upgrade(PIN)
    repair(server)
    phone.activate(server.code, pin=PIN)
    assert phone.state.upgraded is None
