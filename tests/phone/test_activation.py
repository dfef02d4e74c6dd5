"""Activation: what is sent, what is kept, and what is refused."""

from typing import Any

import pytest

from powerauth.phone.errors import BadCode, NotActivated, PhoneFailure, UntrustworthyAnswer
from powerauth.protocol.activation_code import generate_activation_code, sign_activation_code
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.encryption import Scope
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer


def test_keys_and_fingerprint(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version, activated=False)
    result = phone.activate(server.code, pin=PIN)
    mine = server.mine
    assert result.activation_id == phone.activation_id == mine.activation_id
    assert result.fingerprint == server.fingerprint()
    assert result.layer_2["activationId"] == mine.activation_id
    assert phone.validate_signature(pin=PIN).ok


def test_what_is_sent(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(activated=False)
    result = phone.activate(
        server.qr_text, pin=PIN, name="Mine", otp="77", extras="e", custom_attributes={"a": 1}
    )
    layer_1, layer_2 = server.layers
    assert (layer_1["type"], layer_1["identityAttributes"]) == ("CODE", {"code": server.code})
    assert layer_1["customAttributes"] == result.custom_attributes == {"a": 1}
    del layer_2["devicePublicKey"]
    assert layer_2 == {
        "activationName": "Mine",
        "activationOtp": "77",
        "platform": "android",
        "deviceInfo": "Software phone",
        "extras": "e",
    }
    assert PIN not in str(server.layers)


def test_one_temporary_key_serves_both_layers(make_phone: MakePhone, server: FakeServer) -> None:
    make_phone("3.3")
    assert len(server.temporary) == 1


@pytest.mark.parametrize("text", ["", "AAAAA-AAAAA-AAAAA-AAABA", "x#y"])
def test_no_code(text: str, make_phone: MakePhone, server: FakeServer) -> None:
    with pytest.raises(BadCode):
        make_phone(activated=False).activate(text, pin=PIN)
    assert server.seen == []


def test_a_code_of_another_application(make_phone: MakePhone, server: FakeServer) -> None:
    signature = sign_activation_code(generate_key_pair().private_key, server.code)
    with pytest.raises(BadCode):
        make_phone(activated=False).activate(f"{server.code}#{signature}", pin=PIN)
    assert server.seen == []


def test_a_refused_code(version: str, make_phone: MakePhone) -> None:
    phone = make_phone(version, activated=False)
    with pytest.raises(PhoneFailure) as failure:
        phone.activate(generate_activation_code(), pin=PIN)
    assert failure.value.answer.status == 401
    with pytest.raises(NotActivated):
        phone.status()


def test_any_attributes(make_phone: MakePhone, server: FakeServer) -> None:
    with pytest.raises(PhoneFailure):
        make_phone(activated=False).exchange_keys({"method": "x"}, pin=PIN, kind="DIRECT")
    assert server.layers[0]["type"] == "DIRECT"
    assert list(server.layers[1]) == ["devicePublicKey"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("activationId", "not a UUID"),
        ("activationId", None),
        ("serverPublicKey", "BAAA"),
        ("serverPublicKey", 5),
        ("ctrData", "AAAA"),
    ],
)
def test_an_inner_answer_that_makes_no_sense(
    member: str, value: object, make_phone: MakePhone, server: FakeServer
) -> None:
    def tamper(path: str, body: Any) -> Any:
        return {**body, member: value} if path == "layer 2" else body

    server.tamper = tamper
    phone = make_phone(activated=False)
    with pytest.raises(UntrustworthyAnswer):
        phone.activate(server.code, pin=PIN)
    assert phone.state.enrolment is None


def test_a_second_activation_forgets_the_first(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    phone.create_token()
    first = phone.activation_id
    phone.activate(server.code, pin="5678")
    assert phone.activation_id != first
    assert phone.token is None
    assert list(phone.temporary_keys) == [Scope.APPLICATION]
    assert phone.validate_signature(pin="5678").ok
    assert phone.operations() == [server.operation]
