"""`POST /api/config/oidc`: mobile-token-api.md 11.1."""

import json
from typing import Any

import pytest
import requests

from powerauth.engine.applications import application_config
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from tests.api.answers import NOT_FOUND, WRONG_METHOD, outcome, refusal
from tests.api.mobile_answers import INVALID, NO_ENCRYPTION
from tests.api.standard.wire import flipped, post_encrypted, sealed, to_bytes
from tests.api.standard.words import sealed_members
from tests.bank import VERSIONS, Bank
from tests.wsgi import BASE_URL

PATH = "/api/config/oidc"
SCOPE = Encryptor.APPLICATION_GENERIC
UNAVAILABLE = refusal(
    400, "APPLICATION_CONFIGURATION_ERROR", "Unable to fetch application configuration."
)
PROVIDER: dict[str, Any] = {
    "pkceEnabled": True,
    "clientSecret": "top-secret",
    "clientAuthenticationMethod": "client_secret_post",
    "issuerUri": "https://id.bank.example",
    "tokenUri": "https://id.bank.example/token",
    "jwkSetUri": "https://id.bank.example/keys",
    "signatureAlgorithm": "ES256",
    "providerId": "abc",
    "clientId": "mobile",
    "scopes": "openid profile",
    "authorizeUri": "https://id.bank.example/authorize",
    "redirectUri": "bank://callback",
    "unknown": None,
}
EXPECTED = (
    b'{"status":"OK","responseObject":{"providerId":"abc","clientId":"mobile",'
    b'"scopes":"openid profile","authorizeUri":"https://id.bank.example/authorize",'
    b'"redirectUri":"bank://callback","pkceEnabled":true}}'
)


def configure(bank: Bank, *providers: object) -> None:
    application_config.store(bank.application.id, "oauth2_providers", providers)


def ask(phone: Phone, body: object) -> tuple[Answer, bytes | None]:
    return phone.encrypted_post(PATH, to_bytes(body), encryptor=SCOPE)


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_without_an_activation_in_every_version(bank: Bank, version: str) -> None:
    configure(bank, {**PROVIDER, "providerId": "first"}, PROVIDER)
    answer, plaintext = ask(bank.blank_phone(version=version), b'{"providerId":"abc"}')
    assert plaintext == EXPECTED
    assert (answer.status, set(answer.json)) == (200, sealed_members(version))
    assert answer.headers["Content-Type"] == "application/json"


def test_the_phone(bank: Bank, alice: Phone) -> None:
    configure(bank, PROVIDER)
    assert alice.oidc_configuration("abc") == json.loads(EXPECTED)["responseObject"]


@pytest.mark.parametrize(("stored", "told"), [(False, False), (True, True), (None, False)])
def test_pkce(bank: Bank, stored: bool | None, told: bool) -> None:
    configure(bank, {**PROVIDER, "pkceEnabled": stored})
    assert bank.blank_phone().oidc_configuration("abc")["pkceEnabled"] is told


def test_pkce_is_off_unless_configured(bank: Bank) -> None:
    configure(bank, {name: PROVIDER[name] for name in PROVIDER if name != "pkceEnabled"})
    assert bank.blank_phone().oidc_configuration("abc")["pkceEnabled"] is False


@pytest.mark.parametrize("provider_id", ["ABC", "abc ", "ab", "x" * 5000, "ábč"])
def test_unknown_provider(bank: Bank, provider_id: str) -> None:
    configure(bank, PROVIDER, "abc", None, [PROVIDER], {"clientId": "x"})
    assert outcome(ask(bank.blank_phone(), {"providerId": provider_id})[0]) == UNAVAILABLE


def test_another_application(bank: Bank, other_bank: Bank) -> None:
    configure(bank, PROVIDER)
    answer, _ = ask(other_bank.blank_phone(), {"providerId": "abc"})
    assert outcome(answer) == UNAVAILABLE
    assert answer.content == (
        b'{"status":"ERROR","responseObject":{"code":"APPLICATION_CONFIGURATION_ERROR",'
        b'"message":"Unable to fetch application configuration."}}'
    )


@pytest.mark.parametrize("name", ["clientId", "scopes", "authorizeUri", "redirectUri"])
@pytest.mark.parametrize("value", [None, "", " ", 5, ["openid"]])
def test_an_incomplete_provider(bank: Bank, name: str, value: object) -> None:
    configure(bank, {**PROVIDER, name: value})
    assert outcome(ask(bank.blank_phone(), {"providerId": "abc"})[0]) == UNAVAILABLE


def test_a_provider_whose_switch_is_no_switch(bank: Bank) -> None:
    configure(bank, {**PROVIDER, "pkceEnabled": "yes"})
    assert outcome(ask(bank.blank_phone(), {"providerId": "abc"})[0]) == UNAVAILABLE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        {"providerId": None},
        {"providerId": ""},
        {"providerId": "  "},
        {"providerId": [5]},
        {"providerId": ["abc"]},
        {"requestObject": {"providerId": "abc"}},
    ],
)
def test_malformed_bodies(bank: Bank, body: object) -> None:
    configure(bank, PROVIDER)
    assert outcome(ask(bank.blank_phone(), body)[0]) == INVALID


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"providerId":"abc"}'])
def test_plain_bodies(bank: Bank, body: bytes) -> None:
    configure(bank, PROVIDER)
    assert outcome(post_encrypted(bank.blank_phone(), PATH, body, SCOPE)) == NO_ENCRYPTION


@pytest.mark.parametrize("header", [None, "", "PowerAuth version=3.3", "Basic YTpi"])
def test_missing_and_malformed_header(bank: Bank, header: str | None) -> None:
    configure(bank, PROVIDER)
    phone = bank.blank_phone()
    members = sealed(phone, SCOPE, b'{"providerId":"abc"}').to_json()
    headers = {} if header is None else {ENCRYPTION_HEADER: header}
    assert outcome(post_encrypted(phone, PATH, members, SCOPE, headers)) == NO_ENCRYPTION


@pytest.mark.parametrize("version", VERSIONS)
def test_broken_envelopes(bank: Bank, version: str) -> None:
    phone = bank.blank_phone(version=version)
    members = sealed(phone, SCOPE, b'{"providerId":"abc"}').to_json()
    members["encryptedData"] = b64(flipped(b64d(str(members["encryptedData"])), -1))
    assert outcome(post_encrypted(phone, PATH, members, SCOPE)) == NO_ENCRYPTION
    members = sealed(phone, Encryptor.ACTIVATION_LAYER_2, b'{"providerId":"abc"}').to_json()
    assert outcome(post_encrypted(phone, PATH, members, SCOPE)) == NO_ENCRYPTION


def test_activation_scope(bank: Bank, alice: Phone) -> None:
    configure(bank, PROVIDER)
    body = to_bytes(sealed(alice, Encryptor.ACTIVATION_GENERIC, b'{"providerId":"abc"}').to_json())
    headers = {ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format()}
    assert outcome(alice.server.post(PATH, body, headers)) == NO_ENCRYPTION


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_the_same_request_twice(bank: Bank, version: str) -> None:
    configure(bank, PROVIDER)
    phone = bank.blank_phone(version=version)
    members = sealed(phone, SCOPE, b'{"providerId":"abc"}').to_json()
    assert post_encrypted(phone, PATH, members, SCOPE).status == 200
    assert outcome(post_encrypted(phone, PATH, members, SCOPE)) == NO_ENCRYPTION


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(db: None, http: requests.Session, method: str) -> None:
    answer = http.request(method, f"{BASE_URL}{PATH}", data=b"{}")
    assert (answer.status_code, answer.json()) == WRONG_METHOD


@pytest.mark.parametrize("path", ["/api/config/oidc/", "/api/config", "/api/config/OIDC"])
def test_other_paths(db: None, http: requests.Session, path: str) -> None:
    answer = http.post(f"{BASE_URL}{path}", json={}, allow_redirects=False)
    assert (answer.status_code, answer.json()) == NOT_FOUND
