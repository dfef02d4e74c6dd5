"""Signatures and tokens: headers, the counter, and requests that are wrong on purpose."""

import pytest

from powerauth.phone.errors import NotActivated
from powerauth.phone.phone import Phone
from powerauth.phone.state import Token
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v3.headers import SignatureHeader, TokenHeader
from powerauth.protocol.v3.signature import SignatureType, next_counter
from powerauth.protocol.v3.token import compute_digest
from powerauth.protocol.versions import SUPPORTED_VERSIONS
from tests.phone.conftest import PIN, MakePhone
from tests.phone.fake_server import BOTH, LOOK_AHEAD, FakeServer, header

TOKEN = Token(
    token_id="3b8d1f4e-2f5b-4a55-9a5c-0d6f3c6a7b11", secret=b"s" * 16, factors="possession"
)


def test_the_header(phone: Phone, server: FakeServer) -> None:
    parsed = SignatureHeader.parse(phone.sign("POST", "/x", b"{}", pin=PIN), BOTH)
    assert parsed.activation_id == server.mine.activation_id
    assert parsed.application_key == "S0tLS0tLS0tLS0tLS0tLSw=="
    assert parsed.signature_type is SignatureType.POSSESSION_KNOWLEDGE
    assert parsed.version == phone.version
    assert len(parsed.signature) == {"3.0": 17, "4.0": 88}.get(phone.version, 44)


@pytest.mark.parametrize("kind", list(SignatureType))
def test_every_combination_of_factors(kind: SignatureType, make_phone: MakePhone) -> None:
    assert make_phone().validate_signature(factors=kind, pin=PIN).ok


@pytest.mark.parametrize(
    ("method", "body", "query"),
    [
        ("POST", b"", ""),
        ("POST", b"\x00\xff" * 5000, ""),
        ("PUT", b"x", ""),
        ("DELETE", b"", ""),
        ("GET", b"", ""),
        ("GET", b"", "b=2&a=1&a=%C5%99+x"),
    ],
)
def test_methods_and_queries(
    method: str, body: bytes, query: str, phone: Phone, server: FakeServer
) -> None:
    assert phone.validate_signature(method, body, query, pin=PIN).ok
    assert server.seen[-1].method == method


def test_each_signature_moves_the_counter(make_phone: MakePhone) -> None:
    phone = make_phone()
    first = phone.enrolment.ctr_data
    phone.sign("POST", "/x", b"", factors="possession")
    assert phone.enrolment.counter == 1
    assert phone.enrolment.ctr_data == next_counter(first)


def test_the_counter_can_be_held(make_phone: MakePhone) -> None:
    phone = make_phone()
    before = phone.state
    phone.sign("POST", "/x", b"", factors="possession", advance=False)
    assert phone.state == before


def test_a_fixed_nonce_repeats_a_signature(make_phone: MakePhone) -> None:
    phone = make_phone()
    headers = [
        phone.signature_header(
            "POST", "/x", b"", factors="possession", nonce=b"n" * 16, advance=False
        )
        for _ in range(2)
    ]
    assert headers[0] == headers[1]
    assert headers[0].nonce == "bm5ubm5ubm5ubm5ubm5ubg=="


@pytest.mark.parametrize(("unsent", "accepted"), [(LOOK_AHEAD - 1, True), (LOOK_AHEAD, False)])
def test_unsent_signatures_use_up_the_window(
    unsent: int, accepted: bool, make_phone: MakePhone
) -> None:
    phone = make_phone()
    for _ in range(unsent):
        phone.sign("POST", "/x", b"", factors="possession")
    assert phone.validate_signature(factors="possession").ok is accepted


def test_payloads(make_phone: MakePhone, server: FakeServer) -> None:
    phone, path, resource_id = make_phone(), "/pa/v3/signature/validate", "/pa/signature/validate"
    extra = {"Accept-Language": "cs"}
    answer = phone.signed_post(path, {"a": "ř"}, resource_id=resource_id, pin=PIN, headers=extra)
    assert answer.ok
    assert server.seen[-1].body == '{"requestObject":{"a":"ř"}}'.encode()
    assert header(server.seen[-1], "Accept-Language") == "cs"
    assert phone.signed_post(path, b"not JSON", resource_id=resource_id, pin=PIN).ok
    assert server.seen[-1].body == b"not JSON"


def test_nothing_is_signed_without_an_activation(make_phone: MakePhone) -> None:
    with pytest.raises(NotActivated):
        make_phone(activated=False).sign("POST", "/x", b"", factors="possession")


def test_an_unknown_version(make_phone: MakePhone) -> None:
    phone = make_phone("3.1")
    with pytest.raises(ProtocolError):
        phone.version = "2.1"
    assert phone.version == "3.1"


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_the_token_header(version: str, make_phone: MakePhone, server: FakeServer) -> None:
    phone = make_phone(version)
    parsed = TokenHeader.parse(phone.token_header(TOKEN, nonce=b"n" * 16))
    assert (parsed.token_id, parsed.nonce) == (TOKEN.token_id, b"n" * 16)
    assert (parsed.timestamp, parsed.version) == (server.now_ms, phone.version)
    assert parsed.digest == compute_digest(
        secret=TOKEN.secret, nonce=b"n" * 16, timestamp=server.now_ms, version=phone.version
    )


def test_a_token_header_of_another_time_and_version(make_phone: MakePhone) -> None:
    value = make_phone().token_header(TOKEN, timestamp=1_600_000_000_000, version="3.0")
    parsed = TokenHeader.parse(value)
    assert (parsed.timestamp, parsed.version) == (1_600_000_000_000, "3.0")
    assert parsed.digest == compute_digest(
        secret=TOKEN.secret, nonce=parsed.nonce, timestamp=1_600_000_000_000, version="3.0"
    )


def test_token_nonces_differ(make_phone: MakePhone) -> None:
    phone = make_phone()
    nonces = {TokenHeader.parse(phone.token_header(TOKEN)).nonce for _ in range(3)}
    assert len(nonces) == 3
