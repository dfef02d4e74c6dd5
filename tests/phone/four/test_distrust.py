"""Answers of protocol 4.0 that were tampered with: the phone refuses every one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from powerauth.phone.errors import UntrustworthyAnswer
from powerauth.phone.phone import Phone
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64, b64d, b64url
from powerauth.protocol.jwt import decode_part
from powerauth.protocol.v4.activation import DeviceExchange
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.primitives.signing import ECDSA_P384, MLDSA_65, MLDSA_87
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L3
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import FakeServer

KEYSTORE, USER = "/pa/v4/keystore/create", "/pa/v4/user/info"
L3 = "EC_P384_ML_L3"

Change = Callable[[dict[str, Any]], object]


def at(path: str, change: Change) -> Callable[[str, Any], Any]:
    """Make a tampering of the answers of one path."""
    return lambda asked, body: change(body) if asked == path else body


def claims_of(body: Any) -> dict[str, Any]:
    return decode_part(json.loads(body["responseObject"]["jwt"])["payload"])


def answered(jwt: object) -> object:
    text = jwt if isinstance(jwt, str) else json.dumps(jwt)
    return {"status": "OK", "responseObject": {"jwt": text}}


def resigned(server: FakeServer, **claims: object) -> Any:
    """Make a tampering that replaces claims of a temporary key and signs them properly."""

    def change(body: dict[str, Any]) -> object:
        return answered(jws.sign({**claims_of(body), **claims}, server.mine_4.signers()))

    return at(KEYSTORE, change)


def test_an_untouched_temporary_key_is_trusted(make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone("4.0", suite=L3)
    server.tamper = resigned(server)
    assert phone.user_info() == {"sub": "alice"}


@pytest.mark.parametrize(
    "claims",
    [
        {"challenge": "another"},
        {"applicationKey": b64(b"L" * 16)},
        {"activationId": None},
        {"activationId": "3b8d1f4e-2f5b-4a55-9a5c-0d6f3c6a7b11"},
        {"sub": "no UUID"},
        {"exp_ms": None},
        {"iat_ms": "1"},
        {"sharedSecretResponse": None},
        {"sharedSecretResponse": {"salt": b64(bytes(31)), "encapsulatedKeys": []}},
    ],
    ids=lambda claims: "-".join(claims),
)
def test_claims_of_another_question(
    claims: dict[str, object], phone: Phone, server: FakeServer
) -> None:
    server.tamper = resigned(server, **claims)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()
    assert not any(str(each.url).endswith(USER) for each in server.seen)


@pytest.mark.parametrize("lost", [0, 1])
def test_both_signatures_are_wanted(lost: int, make_phone: MakePhone, server: FakeServer) -> None:
    """Trap 6: two signatures over two inputs, and an app insists on both."""

    def change(body: dict[str, Any]) -> object:
        text = json.loads(body["responseObject"]["jwt"])
        del text["signatures"][lost]
        return answered(text)

    phone = make_phone("4.0", suite=L3)
    server.tamper = at(KEYSTORE, change)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("forged", [0, 1])
def test_each_signature_is_checked(forged: int, make_phone: MakePhone, server: FakeServer) -> None:
    def change(body: dict[str, Any]) -> object:
        signers = server.mine_4.signers()
        algorithm = signers[forged][0]
        signers[forged] = algorithm, algorithm.generate_key_pair().private_key
        return answered(jws.sign(claims_of(body), signers))

    phone = make_phone("4.0", suite=L3)
    server.tamper = at(KEYSTORE, change)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def test_signatures_of_another_suite(make_phone: MakePhone, server: FakeServer) -> None:
    """A server that answers in another suite than it was asked in: of 65, by a key of 87."""

    def change(body: dict[str, Any]) -> object:
        master = server.of_4.master
        signers = [(each, master[each].private_key) for each in (ECDSA_P384, MLDSA_87)]
        return answered(jws.sign(claims_of(body), signers))

    phone = make_phone("4.0", suite=L3, activated=False)
    server.tamper = at(KEYSTORE, change)
    with pytest.raises(UntrustworthyAnswer):
        phone.activate(server.code, pin=PIN)
    assert MLDSA_65 in phone.suite.signing


@pytest.mark.parametrize("jwt", ["", "a.b.c", "[]", "{}", {"payload": "", "signatures": []}])
def test_no_signed_answer(jwt: object, phone: Phone, server: FakeServer) -> None:
    server.tamper = at(KEYSTORE, lambda _: answered(jwt))
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("suite", ["EC_P384", L3])
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_another_number_of_keys(
    suite: str, count: int, make_phone: MakePhone, server: FakeServer
) -> None:
    def change(body: dict[str, Any]) -> object:
        told = claims_of(body)["sharedSecretResponse"]
        keys = (told["encapsulatedKeys"] * 3)[:count]
        changed = {**told, "encapsulatedKeys": keys}
        claims = {**claims_of(body), "sharedSecretResponse": changed}
        return answered(jws.sign(claims, server.mine_4.signers()))

    phone = make_phone("4.0", suite=suite)
    server.tamper = at(KEYSTORE, change)
    if count == len(phone.suite.signing):
        assert phone.user_info() == {"sub": "alice"}
        return
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("member", ["nonce", "mac"])
def test_members_of_protocol_3_in_a_response(member: str, phone: Phone, server: FakeServer) -> None:
    """A response of 4.0 has no nonce: 39.1 refuses one, and trap 12 explains why."""
    server.tamper = at(USER, lambda body: {**body, member: b64(bytes(24))})
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


def test_an_answer_with_the_nonce_of_the_request(phone: Phone, server: FakeServer) -> None:
    def change(body: dict[str, Any]) -> object:
        data = bytes(12) + b64d(body["encryptedData"])[12:]
        return {**body, "encryptedData": b64(data)}

    server.tamper = at(USER, change)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()


@pytest.mark.parametrize("place", [0, 4, 7, 12, 15, 20, 47, 48, 79])
def test_a_changed_status(place: int, phone: Phone, server: FakeServer) -> None:
    def tamper(path: str, body: Any) -> Any:
        if path != "blob":
            return body
        blob = bytearray(body)
        blob[place] ^= 1
        return bytes(blob)

    server.tamper = tamper
    with pytest.raises(UntrustworthyAnswer):
        phone.status()


@pytest.mark.parametrize("blob", [b"", bytes(48), bytes(80), bytes(81)])
def test_no_status(blob: bytes, phone: Phone, server: FakeServer) -> None:
    server.tamper = lambda path, body: blob if path == "blob" else body
    with pytest.raises(UntrustworthyAnswer):
        phone.status()


OTHER = DeviceExchange.generate(EC_P384_ML_L3).request
EVEN = DeviceExchange.generate(EC_P384).request.device_keys.to_json()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("activationId", None),
        ("activationId", "no UUID"),
        ("ctrData", b64(bytes(16))),
        ("serverPublicKeys", None),
        ("serverPublicKeys", EVEN),
        ("serverPublicKeys", {**OTHER.device_keys.to_json(), "ecdsa": b64(bytes(97))}),
        ("serverPublicKeys", {**EVEN, "mldsa": b64(MLDSA_87.generate_key_pair().public_key)}),
        ("sharedSecretResponse", None),
        ("sharedSecretResponse", {"salt": b64(bytes(32)), "encapsulatedKeys": []}),
    ],
)
def test_an_inner_answer_that_makes_no_sense(
    member: str, value: object, make_phone: MakePhone, server: FakeServer
) -> None:
    server.tamper = at("layer 2", lambda body: {**body, member: value})
    phone = make_phone("4.0", suite=L3, activated=False)
    with pytest.raises(UntrustworthyAnswer):
        phone.activate(server.code, pin=PIN)
    assert phone.state.enrolment is None


def test_a_key_of_another_size_in_the_vault(phone: Phone, server: FakeServer) -> None:
    server.tamper = at("vault", lambda _: {"vaultEncryptionKey": b64(bytes(16))})
    with pytest.raises(UntrustworthyAnswer):
        phone.unlock_vault(PIN)
    server.tamper = at("vault", lambda _: {"vaultEncryptionKey": b64(bytes(32))})
    with pytest.raises(UntrustworthyAnswer):
        phone.sign_with_device_keys(b"data", PIN)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"salt": b64(bytes(32)), "encapsulatedKeys": []},
        {"salt": b64(bytes(16)), "encapsulatedKeys": [b64(P384.generate_key_pair().public_key)]},
        {"salt": b64(bytes(32)), "encapsulatedKeys": [b64(bytes(97))]},
    ],
)
def test_an_agreement_that_makes_no_sense(answer: object, phone: Phone, server: FakeServer) -> None:
    server.tamper = at("agreement", lambda _: answer)
    changes: list[Callable[[], object]] = [
        lambda: phone.change_pin(PIN, "5678"),
        lambda: phone.add_biometry(PIN),
    ]
    for change in changes:
        before = phone.enrolment_4
        with pytest.raises(UntrustworthyAnswer):
            change()
        assert phone.enrolment_4 == before.stepped()
    assert phone.validate_signature(pin=PIN).ok


def test_the_payload_of_a_key_is_signed(phone: Phone, server: FakeServer) -> None:
    def change(body: dict[str, Any]) -> object:
        text = json.loads(body["responseObject"]["jwt"])
        claims = {**claims_of(body), "exp_ms": 1 << 50}
        return answered({**text, "payload": b64url(json.dumps(claims).encode())})

    server.tamper = at(KEYSTORE, change)
    with pytest.raises(UntrustworthyAnswer):
        phone.user_info()
