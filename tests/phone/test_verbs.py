"""The verbs in every version, against the fake server."""

import json

import pytest

from powerauth.phone.errors import NotActivated, PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.keys import verify
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.versions import SUPPORTED_VERSIONS, TRAITS
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer, header, raw


def test_token(phone: Phone, server: FakeServer) -> None:
    token = phone.create_token("POSSESSION_KNOWLEDGE", PIN)
    assert token.secret == server.tokens[token.token_id]
    assert token.factors == "possession_knowledge"
    assert phone.token == token
    phone.remove_token(token)
    assert server.tokens == {}
    assert phone.token is None


def test_another_token_may_be_removed(make_phone: MakePhone) -> None:
    phone = make_phone()
    first = phone.create_token()
    second = phone.create_token()
    phone.remove_token(first)
    assert phone.token == second


def test_a_refused_token(phone: Phone) -> None:
    with pytest.raises(PhoneFailure):
        phone.create_token("possession_knowledge", "0000")
    assert phone.token is None


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_vault_and_device_key(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version)
    assert phone.unlock_vault(PIN, "ADD_BIOMETRY") == server.mine_3.keys.vault
    assert server.layers == [{"reason": "ADD_BIOMETRY"}]
    signature = phone.sign_with_device_key(b"data", PIN)
    assert verify(server.mine_3.device_public_key, b"data", signature)
    assert phone.verify_own_signatures(b"data", {"ES256": signature})
    assert not phone.verify_own_signatures(b"datum", {"ES256": signature})
    assert not phone.verify_own_signatures(b"data", {})
    assert server.mine.counter == 2


def test_a_vault_of_one_key(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3")
    asked = len(server.seen)
    with pytest.raises(ProtocolError):
        phone.unlock_vault(PIN, key="KDK_APP_VAULT_2FA")
    assert phone.enrolment.counter == 0
    assert len(server.seen) == asked


def test_a_reason_may_be_absent(make_phone: MakePhone, server: FakeServer) -> None:
    make_phone().unlock_vault(PIN, None)
    assert server.layers == [{}]


def test_user_info_detail_and_rename(phone: Phone, server: FakeServer) -> None:
    assert phone.user_info() == {"sub": "alice"}
    renamed = phone.rename("Mine", PIN)
    assert renamed == {"activationId": phone.activation_id, "activationName": "Mine"}
    assert phone.detail() == renamed
    assert "X-PowerAuth-Token" in server.seen[-1].headers


def test_refusals_of_encrypted_verbs(phone: Phone, server: FakeServer) -> None:
    for verb in (phone.unlock_vault, lambda pin: phone.rename("Mine", pin)):
        with pytest.raises(PhoneFailure):
            verb("0000")
    token = phone.create_token()
    server.tokens.clear()
    with pytest.raises(PhoneFailure):
        phone.detail(token)
    server.activation = None
    with pytest.raises(PhoneFailure):
        phone.user_info()


def test_removal(phone: Phone) -> None:
    phone.create_token()
    with pytest.raises(PhoneFailure):
        phone.remove("0000")
    phone.remove(PIN)
    assert phone.token is None
    assert Scope.ACTIVATION not in phone.temporary_keys
    with pytest.raises(NotActivated):
        phone.status()


def test_operations(phone: Phone, server: FakeServer) -> None:
    assert phone.operations(language="cs") == [server.operation]
    assert header(server.seen[-1], "Accept-Language") == "cs"
    assert phone.operation("op-1") == phone.claim("op-1") == server.operation
    assert phone.history(PIN) == [server.operation]
    assert len(server.tokens) == 1


def test_approval(phone: Phone, server: FakeServer) -> None:
    assert phone.approve(server.operation, pin=PIN).ok
    assert sent(server) == {"id": "op-1", "data": "A1*A100CZK"}
    assert phone.approve(server.operation, pin="0000").code == "ERR_AUTHENTICATION"


def test_everything_that_an_approval_may_carry(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    assert phone.approve(
        "op-1",
        "other",
        factors="possession",
        proximity_otp="12345678",
        proximity_type="DEEPLINK",
        mobile_token_data={"a": 1},
    ).ok
    assert sent(server) == {
        "id": "op-1",
        "data": "other",
        "proximityCheck": {
            "otp": "12345678",
            "type": "DEEPLINK",
            "timestampReceived": "2023-11-14T22:13:20Z",
            "timestampSent": "2023-11-14T22:13:20Z",
        },
        "mobileTokenData": {"a": 1},
    }


def test_an_approval_without_data(make_phone: MakePhone, server: FakeServer) -> None:
    make_phone().approve("op-1", pin=PIN)
    assert sent(server) == {"id": "op-1"}


def test_rejection(phone: Phone, server: FakeServer) -> None:
    assert phone.reject(server.operation, "INCORRECT_DATA").ok
    assert sent(server) == {"id": "op-1", "reason": "INCORRECT_DATA"}
    name = TRAITS[phone.version].type_parameter
    assert f'{name}="possession"' in header(server.seen[-1], "X-PowerAuth-Authorization")
    assert phone.reject("op-1").ok
    assert sent(server) == {"id": "op-1"}


def test_a_plain_tuple_signs_too(make_phone: MakePhone, server: FakeServer) -> None:
    answer, plaintext = make_phone().encrypted_post(
        "/pa/v3/activation/rename",
        b'{"activationName": "Raw"}',
        encryptor=Encryptor.ACTIVATION_GENERIC,
        sign=("/pa/activation/rename", "possession_biometry", None),
    )
    assert answer.ok
    assert plaintext is not None
    assert server.mine.name == "Raw"
    assert "X-PowerAuth-Encryption" not in server.seen[-1].headers


def test_the_version_may_change_between_requests(make_phone: MakePhone) -> None:
    phone = make_phone("3.3")
    for version in ("3.0", "3.2", "3.1", "3.3"):
        phone.version = version
        assert phone.validate_signature(pin=PIN).ok
        assert phone.user_info() == {"sub": "alice"}


def sent(server: FakeServer) -> object:
    return json.loads(raw(server.seen[-1]))["requestObject"]
