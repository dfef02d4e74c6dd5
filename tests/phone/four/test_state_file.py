"""The file of a phone of protocol 4.0, and files from before there was one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from powerauth.phone.errors import DamagedState
from powerauth.phone.phone import Phone
from powerauth.phone.state_file import load_state
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phone.json"


def changed(file: Path, **members: object) -> None:
    """Change members of the enrolment in a file."""
    content = json.loads(file.read_text())
    content["enrolment"] = {**content["enrolment"], **members}
    file.write_text(json.dumps(content))


def test_round_trip(suite: str, make_phone: MakePhone, server: FakeServer, file: Path) -> None:
    phone = make_phone("4.0", suite=suite)
    phone.create_token()
    phone.save(file)
    assert load_state(file) == phone.state
    again = Phone.load(file, session=server.session(), now=phone.own_time_ms)
    assert again.suite.name == suite
    assert again.validate_signature(pin=PIN).ok
    assert again.operations() == [server.operation]


def test_a_file_of_before(make_phone: MakePhone, server: FakeServer, file: Path) -> None:
    phone = make_phone("3.2")
    phone.save(file)
    content = json.loads(file.read_text())
    for name in ("suite", "upgraded"):
        del content[name]
    del content["enrolment"]["generation"]
    file.write_text(json.dumps(content))
    assert load_state(file) == phone.state
    again = Phone.load(file, session=server.session(), now=phone.own_time_ms)
    again.upgrade(PIN)
    assert again.validate_signature(pin=PIN).ok


def test_no_key_of_a_factor_is_kept(phone: Phone, server: FakeServer, file: Path) -> None:
    """Neither the secret of the activation nor a key of the vault, from which they would follow."""
    phone.save(file)
    own, keys = phone.enrolment_4, server.mine_4.keys
    kept = [getattr(own, name) for name in type(own).__dataclass_fields__]
    assert keys.possession in kept
    assert keys.utility in kept
    for key in (keys.secret, keys.knowledge, keys.biometry, keys.device_private):
        assert key not in kept
    text = file.read_text()
    private_keys = [pair.private_key for pair in server.mine_4.exchange.server_pairs]
    assert PIN not in json.loads(text)["enrolment"].values()
    assert not any(key in kept for key in private_keys)


def test_no_secret_in_a_representation(phone: Phone) -> None:
    shown = repr(phone.state)
    own = phone.enrolment_4
    assert own.activation_id in shown
    assert not any(repr(key) in shown for key in (own.possession_key, own.utility_key))
    assert repr(own.ctr_data) not in shown
    assert repr(own.utility_keys.utility) not in repr(own.utility_keys)


@pytest.mark.parametrize(
    "members",
    [
        {"generation": 3},
        {"generation": 5},
        {"suite_name": "EC_P384_ML_L5"},
        {"suite_name": "ML_L3"},
        {"server_ecdsa": "AAAA"},
        {"unconfirmed": 1},
        {"unconfirmed": None},
        {"next_pin_salt": None},
    ],
)
def test_damaged_members(members: dict[str, Any], phone: Phone, file: Path) -> None:
    phone.save(file)
    changed(file, **members)
    with pytest.raises(DamagedState):
        load_state(file)


def test_a_version_of_another_protocol(phone: Phone, file: Path) -> None:
    phone.save(file)
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "version": "3.3"}))
    with pytest.raises(DamagedState):
        load_state(file)


def test_a_damaged_upgrade(phone: Phone, file: Path) -> None:
    phone.state = replace(phone.state, upgraded=phone.enrolment_4)
    phone.save(file)
    assert load_state(file).upgraded == phone.enrolment_4
    content = json.loads(file.read_text())
    content["upgraded"]["device_ecdsa"] = None
    file.write_text(json.dumps(content))
    with pytest.raises(DamagedState):
        load_state(file)
