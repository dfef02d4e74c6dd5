"""The file of a phone: who may read it, and what it keeps."""

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from powerauth.phone import state_file
from powerauth.phone.errors import DamagedState
from powerauth.phone.phone import Phone
from powerauth.phone.state import PhoneState
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer


@pytest.fixture
def saved(make_phone: MakePhone, tmp_path: Path) -> Path:
    phone = make_phone()
    phone.create_token()
    phone.save(tmp_path / "phone.json")
    return tmp_path / "phone.json"


def test_only_the_owner_may_read_it(make_phone: MakePhone, tmp_path: Path) -> None:
    path = tmp_path / "new" / "phone.json"
    before = os.umask(0)
    try:
        make_phone().save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wider_mode_does_not_survive(saved: Path, make_phone: MakePhone) -> None:
    saved.chmod(0o644)
    make_phone().save(saved)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_round_trip(make_phone: MakePhone, tmp_path: Path) -> None:
    phone = make_phone("3.1")
    phone.create_token()
    phone.synchronise(5_000 + phone.own_time_ms(), asked_at_ms=phone.own_time_ms())
    phone.save(tmp_path / "phone.json")
    assert state_file.load_state(tmp_path / "phone.json") == phone.state
    assert [path.name for path in tmp_path.iterdir()] == ["phone.json"]


def test_a_loaded_phone_goes_on(saved: Path, server: FakeServer) -> None:
    phone = Phone.load(saved, session=server.session(), now=lambda: server.now_ms)
    assert phone.validate_signature(pin=PIN).ok
    assert phone.operations() == [server.operation]
    assert server.mine.counter == 2


def test_another_address(saved: Path) -> None:
    phone = Phone.load(saved, base_url="http://elsewhere.test/")
    assert phone.state.base_url == phone.server.base_url == "http://elsewhere.test"


def test_the_old_file_stays_when_writing_fails(saved: Path, make_phone: MakePhone) -> None:
    before = saved.read_bytes()
    phone = make_phone()
    phone.state = replace(phone.state, clock_offset_ms=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        phone.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["phone.json"]


def test_the_file_holds_no_pin_and_no_usable_knowledge_key(saved: Path, server: FakeServer) -> None:
    content = json.loads(saved.read_text())
    assert PIN not in content["enrolment"].values()
    phone = Phone.load(saved)
    keys = server.mine_3.keys
    kept = [value for value in vars_of(phone.state) if isinstance(value, bytes)]
    assert keys.possession in kept
    assert keys.knowledge not in kept
    assert keys.biometry not in kept
    assert keys.vault not in kept


def vars_of(state: PhoneState) -> list[object]:
    enrolment = state.enrolment
    assert enrolment is not None
    return [getattr(enrolment, name) for name in type(enrolment).__dataclass_fields__]


def test_no_secret_in_a_representation(saved: Path) -> None:
    state = state_file.load_state(saved)
    assert state.enrolment is not None and state.token is not None
    shown = repr(state)
    assert state.enrolment.activation_id in shown
    secrets = [state.enrolment.possession_key, state.token.secret, state.enrolment.ctr_data]
    assert not any(repr(secret) in shown for secret in secrets)
    assert state.sdk_config not in shown


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "\x00",
        '{"format": 2}',
        '{"format": 1}',
        '{"format": 1, "version": "4.0"}',
        '{"format": 1, "version": "3.3", "sdk_config": 1}',
    ],
)
def test_damaged_files(content: str, tmp_path: Path) -> None:
    path = tmp_path / "phone.json"
    path.write_text(content)
    with pytest.raises(DamagedState):
        state_file.load_state(path)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ctr_data", "not Base64!"),
        ("ctr_data", None),
        ("ctr_data", 5),
        ("counter", "5"),
        ("counter", True),
        ("activation_id", 5),
    ],
)
def test_damaged_members(member: str, value: object, saved: Path) -> None:
    content = json.loads(saved.read_text())
    content["enrolment"][member] = value
    saved.write_text(json.dumps(content))
    with pytest.raises(DamagedState):
        state_file.load_state(saved)


def test_a_damaged_enrolment(saved: Path) -> None:
    content = json.loads(saved.read_text())
    saved.write_text(json.dumps({**content, "enrolment": "none"}))
    with pytest.raises(DamagedState):
        state_file.load_state(saved)
