"""Who may register a device: mobile-token-api.md 2.1 and 3.2."""

from dataclasses import replace

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.models import Token
from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType
from push.models import PushDevice
from tests.api.answers import NOT_FOUND, OK, TOO_LARGE, WRONG_MEDIA_TYPE, WRONG_METHOD, outcome
from tests.api.mobile_answers import UNAUTHENTICATED
from tests.api.push.wire import DEVICE, PATHS, SIGNED_PATH, TOKEN_PATH
from tests.api.standard.wire import attempts
from tests.bank import PIN, VERSIONS, Bank
from tests.wsgi import BASE_URL

P = SignatureType.POSSESSION
K = SignatureType.KNOWLEDGE
B = SignatureType.BIOMETRY
PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
PKB = SignatureType.POSSESSION_KNOWLEDGE_BIOMETRY
BODY = to_body(DEVICE)


def send(phone: Phone, path: str, headers: dict[str, str], body: bytes = BODY) -> Answer:
    return phone.server.post(path, body, headers)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("factors", [P, PK, PB])
def test_tokens(alice: Phone, path: str, factors: SignatureType) -> None:
    token = alice.create_token(factors, PIN)
    assert outcome(alice.token_post(path, DEVICE, token=token)) == OK


@pytest.mark.parametrize(("path", "expected"), [(TOKEN_PATH, OK), (SIGNED_PATH, UNAUTHENTICATED)])
def test_token_of_three_factors(alice: Phone, path: str, expected: object) -> None:
    token = alice.create_token()
    Token.objects.update(signature_type=PKB)
    assert outcome(alice.token_post(path, DEVICE, token=token)) == expected


@pytest.mark.parametrize("factors", [P, PK, PB])
@pytest.mark.parametrize("version", VERSIONS)
def test_signatures(bank: Bank, version: str, factors: SignatureType) -> None:
    phone = bank.phone("alice", version=version)
    assert outcome(phone.register_push_signed("x", factors=factors, pin=PIN)) == OK
    assert attempts(phone) == (1, 0)


@pytest.mark.parametrize("factors", [K, B, PKB])
def test_forbidden_factors_touch_nothing(alice: Phone, bank: Bank, factors: SignatureType) -> None:
    answer = alice.register_push_signed("x", factors=factors, pin=PIN)
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_wrong_pin(alice: Phone, bank: Bank) -> None:
    answer = alice.register_push_signed("x", factors=PK, pin="9999")
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)
    assert not PushDevice.objects.exists()


def test_a_signature_is_used_once(alice: Phone) -> None:
    headers = {SIGNATURE_HEADER: alice.sign("POST", SIGNED_PATH, BODY, factors=P)}
    assert outcome(send(alice, SIGNED_PATH, headers)) == OK
    assert outcome(send(alice, SIGNED_PATH, headers)) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_a_token_digest_is_used_once(alice: Phone, path: str) -> None:
    headers = {TOKEN_HEADER: alice.token_header(alice.create_token())}
    assert outcome(send(alice, path, headers)) == OK
    assert outcome(send(alice, path, headers)) == UNAUTHENTICATED


def test_a_signature_covers_the_body(alice: Phone) -> None:
    headers = {SIGNATURE_HEADER: alice.sign("POST", SIGNED_PATH, BODY, factors=P)}
    changed = BODY.replace(b"A0B1C2", b"A0B1C3")
    assert outcome(send(alice, SIGNED_PATH, headers, changed)) == UNAUTHENTICATED


@pytest.mark.parametrize("resource_id", ["/device/register/signature", TOKEN_PATH, "/"])
def test_other_resource_ids(alice: Phone, resource_id: str) -> None:
    headers = {SIGNATURE_HEADER: alice.sign("POST", resource_id, BODY, factors=P)}
    assert outcome(send(alice, SIGNED_PATH, headers)) == UNAUTHENTICATED


def test_resource_id_aliases(alice: Phone, bank: Bank, settings: Settings) -> None:
    alias = "/device/register/signature"
    settings.PUSH_REGISTER_RESOURCE_IDS = [SIGNED_PATH, alias]
    for resource_id in (alias, SIGNED_PATH, alias):
        headers = {SIGNATURE_HEADER: alice.sign("POST", resource_id, BODY, factors=P)}
        assert outcome(send(alice, SIGNED_PATH, headers)) == OK
    assert attempts(alice) == (3, 0)


def test_signatures_can_be_switched_off(alice: Phone, bank: Bank, settings: Settings) -> None:
    settings.SIGNATURE_ACCEPTED_WITH_TOKEN = False
    assert outcome(alice.register_push_signed("x")) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert outcome(alice.token_post(SIGNED_PATH, DEVICE)) == OK


def test_the_token_endpoint_takes_no_signature(alice: Phone, bank: Bank) -> None:
    headers = {SIGNATURE_HEADER: alice.sign("POST", TOKEN_PATH, BODY, factors=P)}
    assert outcome(send(alice, TOKEN_PATH, headers)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_with_both_headers_the_token_counts(alice: Phone, bank: Bank) -> None:
    token = alice.create_token()
    counter = attempts(alice)
    both = {
        SIGNATURE_HEADER: alice.sign("POST", SIGNED_PATH, b"other", factors=P),
        TOKEN_HEADER: alice.token_header(token),
    }
    assert outcome(send(alice, SIGNED_PATH, both)) == OK
    assert outcome(send(alice, SIGNED_PATH, both)) == UNAUTHENTICATED
    assert attempts(alice) == counter


def test_stolen_signature(alice: Phone, bob: Phone) -> None:
    header = bob.signature_header("POST", SIGNED_PATH, BODY, factors=P)
    stolen = replace(header, activation_id=alice.activation_id).format()
    assert outcome(send(alice, SIGNED_PATH, {SIGNATURE_HEADER: stolen})) == UNAUTHENTICATED
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {TOKEN_HEADER: ""},
        {TOKEN_HEADER: "PowerAuth"},
        {TOKEN_HEADER: 'PowerAuth token_id="x", token_digest="y"'},
        {SIGNATURE_HEADER: "nonsense"},
    ],
)
def test_missing_and_malformed_headers(alice: Phone, path: str, headers: dict[str, str]) -> None:
    assert outcome(send(alice, path, headers)) == UNAUTHENTICATED
    # The body is not looked at.
    assert outcome(send(alice, path, headers, b"{")) == UNAUTHENTICATED


@pytest.mark.parametrize("path", PATHS)
def test_no_challenge_header(db: None, http: requests.Session, path: str) -> None:
    response = http.post(f"{BASE_URL}{path}", json={"requestObject": DEVICE})
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("end", ["block", "remove"])
def test_inactive_activation(alice: Phone, path: str, end: str) -> None:
    token = alice.create_token()
    getattr(lifecycle, end)(alice.activation_id, at=timezone.now())
    assert outcome(alice.token_post(path, DEVICE, token=token)) == UNAUTHENTICATED
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(db: None, http: requests.Session, method: str, path: str) -> None:
    response = http.request(method, f"{BASE_URL}{path}", json={"requestObject": DEVICE})
    assert (response.status_code, response.json()) == WRONG_METHOD


def test_another_method_costs_no_attempt(alice: Phone, bank: Bank) -> None:
    value = alice.sign("PUT", SIGNED_PATH, BODY, factors=PK, pin="9999")
    headers = {SIGNATURE_HEADER: value, "Content-Type": "application/json"}
    response = alice.server.session.put(f"{BASE_URL}{SIGNED_PATH}", data=BODY, headers=headers)
    assert response.status_code == 405
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("path", PATHS)
def test_media_types_and_sizes(alice: Phone, path: str) -> None:
    plain = alice.token_post(path, DEVICE, headers={"Content-Type": "text/plain"})
    assert outcome(plain) == WRONG_MEDIA_TYPE
    assert outcome(alice.token_post(path, b"x" * (1024 * 1024 + 1))) == TOO_LARGE


@pytest.mark.parametrize("path", [f"{path}/" for path in PATHS])
def test_a_slash_at_the_end_is_another_path(alice: Phone, path: str) -> None:
    assert outcome(alice.token_post(path, DEVICE)) == NOT_FOUND
