"""`/pa/v3/signature/validate`: standard-rest-api.md 7.8, protocol.md 7."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from powerauth.models import ActivationState, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import OK, outcome
from tests.api.standard.wire import (
    PB,
    PK,
    PKB,
    UNAUTHENTICATED,
    WRONG_PIN,
    B,
    K,
    P,
    attempts,
    audited,
    flipped,
)
from tests.api.standard.words import words
from tests.bank import PIN, VERSIONS, VERSIONS_OF_3, Bank

RESOURCE_ID = "/pa/signature/validate"
PATH = "/pa/v3/signature/validate"


def send(phone: Phone, value: str, body: bytes = b"") -> Answer:
    return phone.server.post(words(phone.version).validation, body, {SIGNATURE_HEADER: value})


@pytest.mark.main_path
@pytest.mark.parametrize(
    ("version", "factors"),
    [
        (version, factors)
        for version in VERSIONS
        for factors in (P, PK, PB, *([PKB] if version in VERSIONS_OF_3 else []))
    ],
)
def test_every_admitted_type_in_every_version(
    bank: Bank, version: str, factors: SignatureType
) -> None:
    phone = bank.phone("alice", version=version)
    assert outcome(phone.validate_signature(body=b"{}", factors=factors, pin=PIN)) == OK
    assert attempts(phone) == (1, 0)
    audit = audited()
    assert (audit.valid, audit.note, audit.user_id) == (True, "signature_ok", "alice")
    assert (audit.signature_type, audit.signature_version) == (factors.value, version)
    before = bank.activation(phone).counter - 1
    assert (audit.activation_counter, audit.activation_state) == (before, ActivationState.ACTIVE)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("body", [b"", b"x" * 10_240, b"\x00\xff not text", b"{}"])
def test_any_method_and_body(alice: Phone, method: str, body: bytes) -> None:
    assert outcome(alice.validate_signature(method, body, factors=P)) == OK


@pytest.mark.parametrize("body", [b"", b'{"a":1}', b"a=1&b=2"])
@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_the_body_is_never_parsed(alice: Phone, media_type: str, body: bytes) -> None:
    value = alice.sign("POST", RESOURCE_ID, body, factors=P)
    headers = {SIGNATURE_HEADER: value, "Content-Type": media_type}
    assert outcome(alice.server.post(PATH, body, headers)) == OK


@pytest.mark.parametrize(
    ("query", "signed"),
    [
        ("", b""),
        ("a=1", b"a=1"),
        ("b=2&a=1", b"a=1&b=2"),
        ("a=2&a=1&a=", b"a=&a=1&a=2"),
        ("novalue&x=1", b"x=1"),
        ("=empty&a=b", b"=empty&a=b"),
        ("a=%25&b=%26&c=%3D&d=%2B", b"a=%25&b=%26&c=%3D&d=%2B"),
        ("a=x+y&b=x%20y", b"a=x+y&b=x+y"),
        ("text=%C5%99~!%27()*-._", b"text=%C5%99%7E%21%27%28%29*-._"),
    ],
)
def test_reference_defect_query_is_decoded_twice(alice: Phone, query: str, signed: bytes) -> None:
    """The reference server decoded the query twice, so values with escapes never verified."""
    value = alice.sign("GET", RESOURCE_ID, signed, factors=P)
    answer = alice.server.request("GET", f"{PATH}?{query}", b"", {SIGNATURE_HEADER: value})
    assert outcome(answer) == OK


@pytest.mark.parametrize("query", ["a=2", "a=1&b=1", "a=%31%30", "a=%zz"])
def test_other_query_than_signed(alice: Phone, query: str) -> None:
    value = alice.sign("GET", RESOURCE_ID, b"a=1", factors=P)
    answer = alice.server.request("GET", f"{PATH}?{query}", b"", {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED


def test_query_of_another_method_is_not_signed(alice: Phone) -> None:
    value = alice.sign("POST", RESOURCE_ID, b"", factors=P)
    answer = alice.server.post(f"{PATH}?a=1", b"", {SIGNATURE_HEADER: value})
    assert outcome(answer) == OK


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("method", "resource_id", "body"),
    [
        ("PUT", None, b"{}"),
        ("POST", "/pa/token/create", b"{}"),
        ("POST", PATH, b"{}"),
        ("POST", None, b"{ }"),
        ("POST", None, b""),
    ],
)
def test_something_else_was_signed(
    bank: Bank, version: str, method: str, resource_id: str | None, body: bytes
) -> None:
    phone, said = bank.phone("alice", version=version), words(version)
    value = phone.sign(method, resource_id or said.validated, body, factors=PK, pin=PIN)
    assert outcome(send(phone, value, b"{}")) == said.no_code
    assert attempts(phone) == (0, 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_twice(bank: Bank, version: str) -> None:
    phone, said = bank.phone("alice", version=version), words(version)
    value = phone.sign("POST", said.validated, b"", factors=PK, pin=PIN)
    assert outcome(send(phone, value)) == OK
    assert outcome(send(phone, value)) == said.no_code
    assert attempts(phone) == (1, 1)


@pytest.mark.parametrize("factors", [K, B])
def test_forbidden_factor_touches_nothing(alice: Phone, factors: SignatureType) -> None:
    answer = alice.validate_signature(factors=factors, pin=PIN)
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize("version", VERSIONS)
def test_wrong_pin(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert outcome(phone.validate_signature(pin=WRONG_PIN)) == words(version).no_code
    assert attempts(phone) == (0, 1)
    audit = audited()
    assert (audit.valid, audit.note) == (False, "signature_does_not_match")


@pytest.mark.parametrize("factor", [0, 1, 2])
def test_flipped_bit_of_a_factor(alice: Phone, factor: int) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=PKB, pin=PIN)
    forged = b64(flipped(b64d(header.signature), 16 * factor + 15))
    assert outcome(send(alice, replace(header, signature=forged).format())) == UNAUTHENTICATED
    assert outcome(send(alice, header.format())) == OK


def test_signature_of_another_type_than_named(alice: Phone) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=PB)
    assert outcome(send(alice, replace(header, signature_type=PK).format())) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)


def test_signature_of_somebody_else(alice: Phone, bob: Phone) -> None:
    header = bob.signature_header("POST", RESOURCE_ID, b"", factors=PK, pin=PIN)
    stolen = replace(header, activation_id=alice.activation_id)
    assert outcome(send(alice, stolen.format())) == UNAUTHENTICATED
    assert (attempts(alice), attempts(bob)) == ((0, 1), (0, 0))
    assert outcome(send(bob, header.format())) == OK


def test_unknown_activation(alice: Phone) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=PK, pin=PIN)
    unknown = replace(header, activation_id="12345678-1234-4234-8234-123456789012")
    assert outcome(send(alice, unknown.format())) == UNAUTHENTICATED
    assert not SignatureAudit.objects.exists()


def test_nonce_is_signed(alice: Phone) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=P)
    forged = replace(header, nonce="AAAAAAAAAAAAAAAAAAAAAA==")
    assert outcome(send(alice, forged.format())) == UNAUTHENTICATED


def test_versions_mix_on_one_activation(alice: Phone) -> None:
    for version in (*VERSIONS_OF_3, *reversed(VERSIONS_OF_3)):
        alice.version = version
        assert outcome(alice.validate_signature(pin=PIN)) == OK
    assert attempts(alice) == (8, 0)


@pytest.mark.parametrize("version", ["3.1", "3.2", "3.3"])
def test_version_is_no_part_of_the_signature_but_of_its_form(alice: Phone, version: str) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=P)
    assert outcome(send(alice, replace(header, version=version).format())) == OK
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=P)
    assert outcome(send(alice, replace(header, version="3.0").format())) == UNAUTHENTICATED


def test_activation_id_in_upper_case(alice: Phone) -> None:
    header = alice.signature_header("POST", RESOURCE_ID, b"", factors=P)
    upper = replace(header, activation_id=header.activation_id.upper())
    assert outcome(send(alice, upper.format())) == OK


def test_flipped_body(alice: Phone) -> None:
    value = alice.sign("POST", RESOURCE_ID, b"pay 100", factors=P)
    assert outcome(send(alice, value, flipped(b"pay 100", 4))) == UNAUTHENTICATED


@pytest.mark.parametrize("minimum", ["3.1", "3.3"])
def test_minimum_version(bank: Bank, settings: Settings, minimum: str) -> None:
    phone = bank.phone("alice", version="3.0")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = minimum
    assert outcome(phone.validate_signature(factors=P)) == UNAUTHENTICATED
    assert attempts(phone) == (0, 0)
    phone.version = minimum
    assert outcome(phone.validate_signature(factors=P)) == OK
