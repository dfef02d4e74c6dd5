"""Answers that were tampered with: the phone refuses every one."""

import json
from typing import Any

import pytest

from powerauth.phone.errors import UntrustworthyAnswer
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d, b64url, b64url_decode
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.temporary_key import sign_response, verify_response
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer

ABSENT = {"3.0": ("nonce", "timestamp"), "3.1": ("nonce", "timestamp"), "4.0": ("nonce", "mac")}
"""Members that an encrypted answer does not have, by version."""


def flipped(text: str) -> str:
    data = bytearray(b64d(text))
    data[len(data) // 2] ^= 1
    return b64(bytes(data))


@pytest.mark.parametrize("member", ["encryptedData", "mac", "nonce", "timestamp"])
def test_encrypted_answers(member: str, phone: Phone, server: FakeServer) -> None:
    def tamper(path: str, body: Any) -> Any:
        if not path.endswith("/user/info") or member not in body:
            return body
        value = body[member]
        return {**body, member: value + 1 if isinstance(value, int) else flipped(value)}

    phone.user_info()
    server.tamper = tamper
    if member in ABSENT.get(phone.version, ()):
        assert phone.user_info() == {"sub": "alice"}
        return
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("answer", [{}, [], None, {"status": "OK"}, {"encryptedData": 1}])
def test_answers_that_are_not_encrypted(
    answer: object, make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone("3.2")
    server.tamper = lambda _path, _body: answer
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("payload", ["text", ["list"], None])
def test_plaintexts_of_another_form(
    payload: object, make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone("3.2")
    server.user = payload
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def test_a_plaintext_that_is_no_json(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.2")
    server.user = b"\xff"
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def test_an_answer_of_another_exchange(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.2")
    kept: list[Any] = []

    def tamper(_path: str, body: Any) -> Any:
        kept.append(body)
        return kept[0]

    server.tamper = tamper
    phone.user_info()
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def resigned(server: FakeServer, **claims: object) -> Any:
    """Make a tampering that replaces claims of a temporary key and signs them properly."""

    def tamper(path: str, body: Any) -> Any:
        if path != "/pa/v3/keystore/create":
            return body
        key = verify_response(body["responseObject"]["jwt"], server.server_keys.public_key)
        members = {name: getattr(key, name) for name in type(key).__dataclass_fields__}
        jwt = sign_response(type(key)(**{**members, **claims}), server.server_keys.private_key)
        return {"status": "OK", "responseObject": {"jwt": jwt}}

    return tamper


@pytest.mark.parametrize(
    "claims",
    [
        {"challenge": "another"},
        {"application_key": b64(b"L" * 16)},
        {"activation_id": None},
        {"activation_id": "3b8d1f4e-2f5b-4a55-9a5c-0d6f3c6a7b11"},
    ],
)
def test_temporary_keys_of_another_question(
    claims: dict[str, object], make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone("3.3")
    server.tamper = resigned(server, **claims)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()
    assert len(server.seen) == 3


def test_an_untouched_temporary_key_is_trusted(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3")
    server.tamper = resigned(server)
    assert phone.user_info() == {"sub": "alice"}


def test_temporary_keys_of_a_stranger(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("3.3")
    server.server_keys = generate_key_pair()
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def test_changed_claims(make_phone: MakePhone, server: FakeServer) -> None:
    def tamper(_path: str, body: Any) -> Any:
        head, claims, signature = body["responseObject"]["jwt"].split(".")
        changed = {**json.loads(b64url_decode(claims)), "exp_ms": 1 << 50}
        middle = b64url(json.dumps(changed).encode())
        return {"status": "OK", "responseObject": {"jwt": f"{head}.{middle}.{signature}"}}

    phone = make_phone("3.3")
    server.tamper = tamper
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("member", ["activationId", "encryptedStatusBlob", "nonce"])
@pytest.mark.parametrize("value", [None, 5, "", "AAAA"])
def test_status_answers(
    member: str, value: object, make_phone: MakePhone, server: FakeServer
) -> None:
    def tamper(_path: str, body: Any) -> Any:
        return {**body, "responseObject": {**body["responseObject"], member: value}}

    phone = make_phone()
    server.tamper = tamper
    with pytest.raises(UntrustworthyAnswer):
        phone.status()


def test_a_random_status(make_phone: MakePhone, server: FakeServer) -> None:
    def tamper(_path: str, body: Any) -> Any:
        payload = {**body["responseObject"], "encryptedStatusBlob": b64(bytes(32))}
        return {**body, "responseObject": payload}

    phone = make_phone()
    server.tamper = tamper
    with pytest.raises(UntrustworthyAnswer):
        phone.status()


@pytest.mark.parametrize("body", [{}, [], "x", {"responseObject": {}}, {"status": "ERROR"}])
def test_success_that_does_not_say_ok(
    body: object, make_phone: MakePhone, server: FakeServer
) -> None:
    phone = make_phone()
    phone.create_token()
    server.tamper = lambda _path, _body: body
    for verb in (phone.operations, phone.status, lambda: phone.history(PIN)):
        with pytest.raises(UntrustworthyAnswer):
            verb()


def test_echoes(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    token = phone.create_token()
    server.tamper = lambda _path, _body: {
        "status": "OK",
        "responseObject": {"id": "x", "activationId": "x", "tokenId": "x"},
    }
    for verb in (
        lambda: phone.operation("op-1"),
        lambda: phone.claim("op-1"),
        lambda: phone.remove_token(token),
        lambda: phone.remove(PIN),
    ):
        with pytest.raises(UntrustworthyAnswer):
            verb()
    assert phone.token == token
    assert phone.activation_id == server.mine.activation_id


@pytest.mark.parametrize("payload", [None, {}, ["x"]])
def test_lists_of_another_form(payload: object, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone()
    phone.create_token()
    server.tamper = lambda _path, _body: {"status": "OK", "responseObject": payload}
    with pytest.raises(UntrustworthyAnswer):
        phone.operations()
