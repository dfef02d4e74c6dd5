"""Activation in every suite: keys, confirmation, and what is kept."""

import json
from typing import Any

import pytest
import requests

from powerauth.phone.errors import BadCode, BiometryMissing, NotActivated, PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.errors import UnsupportedSuite, UnsupportedVersion
from powerauth.protocol.v4 import suites
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L3, EC_P384_ML_L5
from powerauth.protocol.v4.vault import VaultKey
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer, raw

PB = "possession_biometry"
CONFIRM = "/pa/v4/activation/confirm"


def test_keys_of_the_suite(suite: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite=suite)
    own, mine = phone.enrolment_4, server.mine_4
    assert (own.suite_name, mine.suite.name) == (suite, suite)
    assert phone.fingerprint == server.fingerprint()
    assert own.utility_keys.utility == mine.keys.utility
    assert own.server_keys == mine.server_keys
    for factors in ("possession", "possession_knowledge", PB):
        assert phone.validate_signature(factors=factors, pin=PIN).ok
    assert phone.user_info() == {"sub": "alice"}
    assert phone.status().state == 3


def test_the_usual_suite(make_phone: MakePhone) -> None:
    assert make_phone("4.0").suite is EC_P384_ML_L3


def test_layers_have_nonces_of_their_own(make_phone: MakePhone, server: FakeServer) -> None:
    """Trap 13: one temporary key serves both layers, so their nonces must differ."""
    make_phone("4.0", suite="EC_P384")
    assert len(server.of_4.temporary) == 1
    outer = next(each for each in server.seen if "activation/create" in str(each.url))
    nonces = json.loads(raw(outer))["nonce"], server.layers[0]["activationData"]["nonce"]
    assert nonces[0] != nonces[1]


def test_the_phone_confirms_by_itself(phone: Phone, server: FakeServer) -> None:
    assert not server.mine_4.confirmation_pending
    assert server.mine_4.factors.biometry_enabled
    assert not phone.enrolment_4.confirmation_pending
    assert phone.enrolment.counter == 1


def test_confirmation_without_biometry(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite="EC_P384", activated=False)
    phone.activate(server.code, pin=PIN, enable_biometry=False)
    assert not server.mine_4.factors.biometry_enabled
    with pytest.raises(BiometryMissing):
        phone.validate_signature(factors=PB)
    assert phone.enrolment.counter == 1


def test_confirmation_is_left_open(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite="EC_P384", activated=False)
    phone.activate(server.code, pin=PIN, enable_biometry=None)
    assert phone.enrolment.counter == 0
    assert phone.status().confirmation_pending
    assert phone.enrolment.biometry_locked
    phone.confirm(PIN)
    assert not phone.status().confirmation_pending
    with pytest.raises(PhoneFailure):
        phone.confirm(PIN)


@pytest.mark.parametrize("cut", ["refused", "question lost", "answer lost"])
def test_a_failed_confirmation_is_no_failed_activation(
    cut: str, make_phone: MakePhone, server: FakeServer
) -> None:
    def tamper(path: str, body: Any) -> Any:
        if path == CONFIRM and cut == "answer lost":
            raise requests.ConnectionError
        return body

    phone = make_phone("4.0", suite="EC_P384", activated=False)
    server.tamper = tamper
    if cut == "refused":
        server.down = {CONFIRM: None}
    elif cut == "question lost":
        server.down = {CONFIRM: requests.ConnectionError()}
    phone.activate(server.code, pin=PIN)
    server.down = {}
    assert phone.enrolment_4.confirmation_pending
    status = phone.status()
    assert phone.enrolment_4.confirmation_pending is status.confirmation_pending
    assert status.confirmation_pending is (cut != "answer lost")
    if status.confirmation_pending:
        phone.confirm(PIN)
    assert phone.validate_signature(factors=PB).ok


def test_nothing_to_confirm_in_protocol_3(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3")
    asked = len(server.seen)
    with pytest.raises(NotActivated):
        phone.confirm(PIN)
    assert len(server.seen) == asked


def test_codes_signed_on_either_curve(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite="EC_P384", activated=False)
    master = server.of_4.master[ECDSA_P384]
    signature = b64(P384.sign(master.private_key, server.code.encode()))
    for text in (server.qr_text, f"{server.code}#{signature}"):
        assert phone.activate(text, pin=PIN).activation_id == phone.activation_id


def test_a_code_of_another_application(make_phone: MakePhone, server: FakeServer) -> None:
    stranger = P384.generate_key_pair()
    signature = b64(P384.sign(stranger.private_key, server.code.encode()))
    with pytest.raises(BadCode):
        make_phone("4.0", activated=False).activate(f"{server.code}#{signature}", pin=PIN)
    assert server.seen == []


def test_a_phone_of_3_does_not_know_the_other_curve(
    make_phone: MakePhone, server: FakeServer
) -> None:
    master = server.of_4.master[ECDSA_P384]
    signature = b64(P384.sign(master.private_key, server.code.encode()))
    with pytest.raises(BadCode):
        make_phone("3.3", activated=False).activate(f"{server.code}#{signature}", pin=PIN)


def test_the_protocol_of_an_activation_stays(make_phone: MakePhone) -> None:
    for made, other in (("4.0", "3.3"), ("3.3", "4.0")):
        phone = make_phone(made, suite="EC_P384")
        with pytest.raises(UnsupportedVersion):
            phone.version = other
        assert phone.version == made


def test_the_suite_of_an_activation_stays(phone: Phone) -> None:
    phone.suite = EC_P384
    with pytest.raises(UnsupportedSuite):
        phone.suite = EC_P384_ML_L5
    assert phone.suite is EC_P384


@pytest.mark.parametrize("name", ["ML_L3", "EC_P256", ""])
def test_no_other_suites(name: str, make_phone: MakePhone) -> None:
    with pytest.raises(UnsupportedSuite):
        make_phone("4.0", suite=name, activated=False)


def test_a_machine_without_post_quantum_keys(
    make_phone: MakePhone, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "available_suites", lambda: (EC_P384,))
    assert make_phone("3.3").validate_signature(pin=PIN).ok
    assert make_phone("4.0", suite="EC_P384").validate_signature(pin=PIN).ok
    phone = make_phone("4.0", activated=False)
    asked = len(server.seen)
    with pytest.raises(UnsupportedSuite):
        phone.activate(server.code, pin=PIN)
    assert len(server.seen) == asked


def test_temporary_keys_follow_a_change_of_mind(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3", activated=False)
    phone.temporary_key(Scope.APPLICATION)
    phone.version = "4.0"
    phone.temporary_key(Scope.APPLICATION)
    phone.suite = EC_P384
    phone.activate(server.code, pin=PIN)
    assert server.mine_4.suite is EC_P384
    assert len(server.of_4.temporary) == 2


def test_an_app_without_master_keys_of_the_suite(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", activated=False)
    phone.config = type(phone.config)(
        application_key=phone.config.application_key,
        application_secret=phone.config.application_secret,
        master_public_key=phone.config.master_public_key,
    )
    with pytest.raises(UnsupportedSuite):
        phone.activate(server.code, pin=PIN)
    assert server.seen == []


def test_vault(suite: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite=suite)
    for key in VaultKey:
        assert phone.unlock_vault(PIN, "TEST", key=key.value) == key.of(server.mine_4.keys)
        assert server.layers == [{"keyIdentifier": key.value, "reason": "TEST"}]
    assert phone.unlock_vault(PIN, None) == server.mine_4.keys.device_private
    assert server.layers == [{"keyIdentifier": "KEK_DEVICE_PRIVATE"}]


def test_device_signatures(suite: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite=suite)
    signatures = phone.sign_with_device_keys(b"data", PIN)
    keys = server.mine_4.exchange.device_keys.by_algorithm(phone.suite)
    assert list(signatures) == [algorithm.label for algorithm, _ in keys]
    for algorithm, public_key in keys:
        assert algorithm.verify(public_key, b"data", signatures[algorithm.label])
        assert not phone.verify_own_signatures(
            b"data", {label: sig for label, sig in signatures.items() if label != algorithm.label}
        )
    assert phone.verify_own_signatures(b"data", signatures)
    assert not phone.verify_own_signatures(b"datum", signatures)
    assert ECDSA_P384.verify(keys[0][1], b"x", phone.sign_with_device_key(b"x", PIN))
