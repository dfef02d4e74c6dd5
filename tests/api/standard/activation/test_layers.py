"""The two encrypted layers of `/pa/v3/activation/create`: standard-rest-api.md 7.1."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.models import (
    Activation,
    ActivationState,
    UniqueValue,
)
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.encryption import Encryptor, Scope
from tests.api.answers import outcome
from tests.api.standard.activation.creating import PATH, layer_1, layer_2, post
from tests.api.standard.wire import (
    NO_ACTIVATION,
    P,
    flipped,
    post_encrypted,
    sealed,
    shift_clock,
    to_bytes,
)
from tests.api.standard.words import request_members
from tests.bank import PIN, VERSIONS, Bank


@pytest.mark.parametrize("kind", ["CUSTOM", "DIRECT", "RECOVERY", "code", "", None, 1, []])
def test_other_types(bank: Bank, kind: object) -> None:
    phone = bank.blank_phone()
    assert outcome(post(phone, layer_1(phone, bank.code("alice"), type=kind))) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


MALFORMED_LAYER_1: dict[str, Mapping[str, Any]] = {
    "no type": {"type": ...},
    "no attributes": {"identityAttributes": ...},
    "null attributes": {"identityAttributes": None},
    "empty attributes": {"identityAttributes": {}},
    "attributes in a list": {"identityAttributes": []},
    "blank code": {"identityAttributes": {"code": "  "}},
    "empty code": {"identityAttributes": {"code": ""}},
    "null code": {"identityAttributes": {"code": None}},
    "code as number": {"identityAttributes": {"code": 1}},
    "code in a list": {"identityAttributes": {"code": ["x"]}},
    "custom attributes in a list": {"customAttributes": [1]},
    "custom attributes as text": {"customAttributes": "x"},
    "no layer 2": {"activationData": ...},
    "null layer 2": {"activationData": None},
    "empty layer 2": {"activationData": {}},
    "layer 2 as text": {"activationData": "x"},
    "broken layer 2": {"activationData": {"encryptedData": "x", "mac": 1}},
}


@pytest.mark.parametrize("name", MALFORMED_LAYER_1)
def test_malformed_layer_1(bank: Bank, name: str) -> None:
    phone = bank.blank_phone()
    members = layer_1(phone, bank.code("alice"), **MALFORMED_LAYER_1[name])
    assert outcome(post(phone, members)) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


@pytest.mark.parametrize(
    "plaintext", [b"", b"null", b"[]", b"1", b"{", b"\xff", b'{"a":"\\u0000"}']
)
def test_layer_1_that_is_no_object(bank: Bank, plaintext: bytes) -> None:
    assert outcome(post(bank.blank_phone(), plaintext)) == NO_ACTIVATION


@pytest.mark.parametrize(
    "plaintext",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b"\xff",
        b'{"devicePublicKey":null}',
        b'{"devicePublicKey":""}',
        b'{"devicePublicKey":[1]}',
    ],
)
def test_malformed_layer_2_leaves_the_code(bank: Bank, plaintext: bytes) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice")
    inner = sealed(phone, Encryptor.ACTIVATION_LAYER_2, plaintext).to_json()
    assert outcome(post(phone, layer_1(phone, code, activationData=inner))) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED
    phone.activate(code, pin=PIN)


@pytest.mark.parametrize(
    "members",
    [
        {"activationName": "x" * 256},
        {"activationName": [1]},
        {"platform": ["ios"]},
        {"extras": {"a": 1}},
        {"deviceInfo": "x" * 256},
        {"externalId": "x" * 256},
        {"activationOtp": [12345]},
    ],
)
def test_layer_2_that_does_not_fit_the_database(bank: Bank, members: dict[str, object]) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice")
    inner = layer_2(phone, **members)
    assert outcome(post(phone, layer_1(phone, code, activationData=inner))) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


@pytest.mark.parametrize(
    "key",
    [
        b64(b"\x04" + bytes(64)),
        b64(b"\x02" + b"\xff" * 32),
        b64(b"\x00"),
        b64(b"\x05" + bytes(32)),
        "no Base64",
    ],
)
def test_device_key_that_is_no_point_ends_the_activation(bank: Bank, key: str) -> None:
    phone = bank.blank_phone()
    inner = layer_2(phone, devicePublicKey=key)
    answer = post(phone, layer_1(phone, bank.code("alice"), activationData=inner))
    assert outcome(answer) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.REMOVED


def test_compressed_device_key(bank: Bank) -> None:
    phone = bank.blank_phone()
    whole = generate_key_pair().public_key
    short = bytes([2 + (whole[-1] & 1)]) + whole[1:33]
    inner = layer_2(phone, devicePublicKey=b64(short))
    assert post(phone, layer_1(phone, bank.code("alice"), activationData=inner)).status == 200
    assert bytes(Activation.objects.get().device_public_key) == whole


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("member", ["ephemeralPublicKey", "encryptedData", "mac", "nonce"])
def test_envelope_without_a_member(bank: Bank, version: str, member: str) -> None:
    phone = bank.blank_phone(version=version)
    encryptor = Encryptor.APPLICATION_GENERIC
    request = sealed(phone, encryptor, to_bytes(layer_1(phone, bank.code("alice")))).to_json()
    if member in request_members(version):
        del request[member]
    else:
        request[member] = b64(bytes(16))
    path = phone.path_of("activation/create")
    assert outcome(post_encrypted(phone, path, request, encryptor)) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


def test_activation_scope_is_refused(alice: Phone) -> None:
    request = sealed(alice, Encryptor.ACTIVATION_GENERIC).to_json()
    for encryptor in (Encryptor.ACTIVATION_GENERIC, Encryptor.APPLICATION_GENERIC):
        assert outcome(post_encrypted(alice, PATH, request, encryptor)) == NO_ACTIVATION


def test_layers_are_not_interchangeable(bank: Bank) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice")
    inner = sealed(phone, Encryptor.APPLICATION_GENERIC, b"{}").to_json()
    assert outcome(post(phone, layer_1(phone, code, activationData=inner))) == NO_ACTIVATION
    outer = sealed(phone, Encryptor.ACTIVATION_LAYER_2, to_bytes(layer_1(phone, code))).to_json()
    answer = post_encrypted(phone, PATH, outer, Encryptor.APPLICATION_GENERIC)
    assert outcome(answer) == NO_ACTIVATION


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_either_layer_twice(bank: Bank, version: str) -> None:
    phone = bank.blank_phone(version=version)
    inner = layer_2(phone)
    unknown = layer_1(phone, "AAAAA-AAAAA-AAAAA-AAAAA", activationData=inner)
    assert outcome(post(phone, unknown)) == NO_ACTIVATION
    assert UniqueValue.objects.count() == 2
    again = layer_1(phone, bank.code("alice"), activationData=inner)
    assert outcome(post(phone, again)) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED
    assert UniqueValue.objects.count() == 3


@pytest.mark.parametrize("version", ["3.2", "3.3"])
@pytest.mark.parametrize(
    ("shift", "expected"), [(-7_190_000, 200), (-7_210_000, 400), (61_000, 400)]
)
def test_age_of_the_inner_layer(bank: Bank, version: str, shift: int, expected: int) -> None:
    phone = bank.blank_phone(version=version)
    if version == "3.3":
        phone.temporary_key(Scope.APPLICATION)
    code = bank.code("alice")
    inner_phone = bank.blank_phone(version=version)
    inner_phone.temporary_keys = dict(phone.temporary_keys)
    shift_clock(inner_phone, shift)
    inner = layer_2(inner_phone)
    assert post(phone, layer_1(phone, code, activationData=inner)).status == expected


def test_unknown_members_are_ignored(bank: Bank) -> None:
    phone = bank.blank_phone()
    inner = layer_2(phone, new={"a": 1})
    members = layer_1(phone, bank.code("alice"), activationData={**inner, "new": 1}, new=[])
    encryptor = Encryptor.APPLICATION_GENERIC
    request = sealed(phone, encryptor, to_bytes(members)).to_json()
    assert post_encrypted(phone, PATH, {**request, "new": 1}, encryptor).status == 200


@pytest.mark.embedded
def test_flipped_bits(bank: Bank) -> None:
    phone = bank.blank_phone()
    body = to_bytes(layer_1(phone, bank.code("alice")))
    encryptor = Encryptor.APPLICATION_GENERIC
    request = sealed(phone, encryptor, body)
    for name in ("ephemeral_public_key", "encrypted_data", "mac", "nonce"):
        value = flipped(getattr(request, name), -1)
        members = request.to_json() | {_wire(name): b64(value)}
        assert outcome(post_encrypted(phone, PATH, members, encryptor)) == NO_ACTIVATION
    assert not UniqueValue.objects.exists()
    assert post_encrypted(phone, PATH, request.to_json(), encryptor).status == 200


def _wire(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)


def test_nothing_of_a_refusal_depends_on_the_cause(bank: Bank) -> None:
    phone = bank.blank_phone()
    expired = bank.code("alice", expires_at=timezone.now() - timedelta(seconds=1))
    answers = {
        post(phone, layer_1(phone, expired)).content,
        post(phone, layer_1(phone, "AAAAA-AAAAA-AAAAA-AAAAA")).content,
        post(phone, b"x").content,
        phone.server.post(PATH, b"{}", {}).content,
        phone.server.post(PATH, b"", {}).content,
    }
    assert [json.loads(content) for content in answers] == [NO_ACTIVATION[1]]


def test_signed_activation_header_is_refused(alice: Phone) -> None:
    """A signature names an activation, which application scope must not have."""
    body = to_bytes(sealed(alice, Encryptor.APPLICATION_GENERIC).to_json())
    value = alice.sign("POST", "/pa/activation/create", body, factors=P)
    answer = alice.server.post(PATH, body, {"X-PowerAuth-Authorization": value})
    assert outcome(answer) == NO_ACTIVATION
