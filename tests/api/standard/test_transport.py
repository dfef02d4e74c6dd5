"""Methods, media types, paths and the context path: standard-rest-api.md 1 and 5.1."""

import pytest
import requests

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Server
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from tests import wsgi
from tests.api.answers import MALFORMED, NOT_FOUND, OK, WRONG_MEDIA_TYPE, WRONG_METHOD, outcome
from tests.api.standard.wire import UNAUTHENTICATED, P
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

PATHS = [
    "status",
    "keystore/create",
    "activation/create",
    "activation/status",
    "activation/detail",
    "activation/rename",
    "activation/remove",
    "token/create",
    "token/remove",
    "vault/unlock",
    "user/info",
    "upgrade/start",
    "upgrade/commit",
    "recovery/confirm",
]
SIGNED = [
    "activation/detail",
    "activation/rename",
    "activation/remove",
    "token/create",
    "token/remove",
    "signature/validate",
    "vault/unlock",
    "upgrade/commit",
    "recovery/confirm",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_than_post(db: None, http: requests.Session, method: str, path: str) -> None:
    response = http.request(method, f"{BASE_URL}/pa/v3/{path}", data=b"{}")
    assert (response.status_code, response.json()) == WRONG_METHOD


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "HEAD"])
def test_other_methods_on_validate(alice: Phone, method: str) -> None:
    answer = alice.validate_signature(method, factors=P)
    assert answer.status == 405


@pytest.mark.parametrize("path", SIGNED)
def test_missing_header(db: None, http: requests.Session, path: str) -> None:
    response = http.post(f"{BASE_URL}/pa/v3/{path}", data=b"{}")
    assert (response.status_code, response.json()) == UNAUTHENTICATED
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize(
    "path", ["", "nothing", "status/", "Status", "activation", "token/create/x", "../v2/status"]
)
def test_unknown_path(db: None, http: requests.Session, path: str) -> None:
    response = http.post(f"{BASE_URL}/pa/v3/{path}", data=b"{}")
    assert (response.status_code, response.json()) == NOT_FOUND


@pytest.mark.parametrize("path", ["keystore/create", "activation/status"])
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"text"', b"null", b"\xff", b"NaN", b'{"requestObject":' + b"[" * 9999]
)
def test_malformed_json(db: None, http: requests.Session, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = http.post(f"{BASE_URL}/pa/v3/{path}", data=body, headers=headers)
    assert (response.status_code, response.json()) == MALFORMED


@pytest.mark.parametrize("path", ["keystore/create", "activation/status"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "x"])
def test_media_type(db: None, http: requests.Session, path: str, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    response = http.post(f"{BASE_URL}/pa/v3/{path}", data=b"{}", headers=headers)
    assert (response.status_code, response.json()) == WRONG_MEDIA_TYPE


def test_accept_is_not_negotiated(db: None, http: requests.Session) -> None:
    headers = {"Accept": "text/html", "Content-Type": "application/json; charset=UTF-8"}
    response = http.post(f"{BASE_URL}/pa/v3/activation/status", data=b"{}", headers=headers)
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["responseObject"]["code"] == "ERR_ACTIVATION"


def test_body_beyond_every_need(alice: Phone) -> None:
    answer = alice.signed_post(
        "/pa/v3/signature/validate",
        b"x" * (1024 * 1024 + 1),
        resource_id="/pa/signature/validate",
        factors=P,
    )
    assert answer.status == 413


@pytest.mark.main_path
def test_context_path_serves_the_same(bank: Bank, alice: Phone) -> None:
    alice.server = Server(f"{BASE_URL}/enrollment-server", wsgi.session())
    assert outcome(alice.validate_signature(pin=PIN)) == OK
    assert outcome(alice.validate_signature("GET", query="a=1", pin=PIN)) == OK
    assert alice.status().state == 3
    token = alice.create_token("possession_knowledge", PIN)
    assert alice.detail(token)["activationName"] == "Phone"


@pytest.mark.parametrize(
    "prefix", ["/enrollment-serverX", "/enrollment", "/Enrollment-Server", "/x/enrollment-server"]
)
def test_other_prefixes_are_unknown(alice: Phone, prefix: str) -> None:
    alice.server = Server(f"{BASE_URL}{prefix}", wsgi.session())
    assert outcome(alice.validate_signature(pin=PIN)) == NOT_FOUND


@pytest.mark.parametrize("path", ["/enrollment-server", "/enrollment-server/", "/"])
def test_the_context_path_alone_is_unknown(db: None, http: requests.Session, path: str) -> None:
    response = http.post(f"{BASE_URL}{path}", data=b"")
    assert (response.status_code, response.json()) == NOT_FOUND


def test_header_that_is_no_ascii(alice: Phone) -> None:
    value = alice.sign("POST", "/pa/signature/validate", b"", factors=P) + "\xfe"
    answer = alice.server.post("/pa/v3/signature/validate", b"", {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED
