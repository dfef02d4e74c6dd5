"""Activation by a login at an OpenID Connect provider: standard-rest-api.md 10."""

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from pytest_django import Settings

from powerauth.engine.applications import application_config
from powerauth.models import Activation, ActivationState
from powerauth.oidc import discovery, keys, providers
from powerauth.oidc.addresses import is_as_secure
from powerauth.oidc.errors import OidcRefused
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.features.activation import ActivationResult
from powerauth.phone.phone import Phone
from tests.api.answers import OK, outcome
from tests.api.standard.activation.creating import layer_1, post
from tests.api.standard.wire import NO_ACTIVATION
from tests.bank import PIN, VERSIONS, Bank
from tests.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Answer,
    Provider,
    b64url,
    serve,
    signing_key,
    token,
)

DISCOVERY = "/.well-known/openid-configuration"
VERIFIER = "v" * 43
CHALLENGE = b64url(hashlib.sha256(VERIFIER.encode()).digest())


@pytest.fixture(autouse=True)
def forgetful() -> None:
    discovery.forget()
    keys.forget()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve() as running:
        yield running


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds on the clock of the remembered keys, to be changed in place."""
    seconds = [1000.0]
    monkeypatch.setattr(keys._KNOWN, "clock", lambda: seconds[0])
    return seconds


def configure(bank: Bank, provider: Provider, **members: object) -> None:
    entries = ["not an entry", {"providerId": "other"}, provider.entry(**members)]
    application_config.store(bank.application.id, "oauth2_providers", entries)


def log_in(phone: Phone, provider: Provider, **members: Any) -> ActivationResult:
    """Log Alice in, as an app does, and activate the phone."""
    nonce = secrets.token_urlsafe(16)
    code = provider.authorize("alice", nonce=nonce, challenge=CHALLENGE)
    login = {"code": code, "nonce": nonce, "code_verifier": VERIFIER, **members}
    return phone.activate_by_login("abc", pin=PIN, **login)


def assert_refused(bank: Bank, provider: Provider, **members: Any) -> None:
    with pytest.raises(PhoneFailure) as failure:
        log_in(bank.blank_phone(), provider, **members)
    assert outcome(failure.value.answer) == NO_ACTIVATION
    assert not Activation.objects.exists()


def assert_activated(bank: Bank, provider: Provider) -> None:
    phone = bank.blank_phone()
    log_in(phone, provider)
    assert bank.activation(phone).state == ActivationState.ACTIVE


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_login_activates_in_every_version(bank: Bank, provider: Provider, version: str) -> None:
    configure(bank, provider)
    phone = bank.blank_phone(version=version)
    result = log_in(phone, provider)
    row = bank.activation(phone)
    assert (row.state, row.user_id) == (ActivationState.ACTIVE, "alice")
    assert (row.application_id, row.name) == (bank.application.id, "Phone")
    assert result.user_info is not None
    assert (result.user_info["sub"], result.custom_attributes) == ("alice", {})
    changes = row.history.exclude(event_reason="ACTIVATION_CONFIRMED").order_by("id")
    assert list(changes.values_list("state", flat=True)) == [1, 2, 3]
    assert outcome(phone.validate_signature(pin=PIN)) == OK


@pytest.mark.parametrize(
    "algorithm",
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
)
@pytest.mark.parametrize("authentication", ["client_secret_basic", "client_secret_post"])
def test_algorithms_and_client_authentication(
    bank: Bank, algorithm: str, authentication: str
) -> None:
    with serve(algorithm=algorithm, authentication=authentication) as provider:
        configure(bank, provider)
        assert_activated(bank, provider)


def test_defaults_of_the_configuration(bank: Bank, provider: Provider) -> None:
    configure(bank, provider, signatureAlgorithm=..., clientAuthenticationMethod=...)
    assert_activated(bank, provider)
    assert provider.forms[0] == {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": provider.forms[0]["code"],
        "redirect_uri": "bank://callback",
        "code_verifier": VERIFIER,
    }


def test_without_pkce(bank: Bank, provider: Provider) -> None:
    configure(bank, provider, pkceEnabled=False)
    code = provider.authorize("alice", nonce="n", challenge=None)
    phone = bank.blank_phone()
    phone.activate_by_login("abc", code=code, nonce="n", pin=PIN)
    assert bank.activation(phone).state == ActivationState.ACTIVE
    assert "code_verifier" not in provider.forms[0]


def test_older_name_of_the_type(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    code = provider.authorize("alice", nonce="n", challenge=CHALLENGE)
    attributes = {
        "method": "oidc",
        "providerId": "abc",
        "code": code,
        "nonce": "n",
        "codeVerifier": VERIFIER,
    }
    phone = bank.blank_phone()
    phone.activate_directly(attributes, pin=PIN, kind="CUSTOM")
    assert bank.activation(phone).state == ActivationState.ACTIVE


@pytest.mark.parametrize(
    "members",
    [
        {"nonce": "of another login"},
        {"nonce": ""},
        {"nonce": " "},
        {"code": "unknown"},
        {"code": ""},
        {"code_verifier": None},
        {"code_verifier": ""},
        {"code_verifier": "w" * 43},
    ],
)
def test_wrong_login(bank: Bank, provider: Provider, members: dict[str, Any]) -> None:
    configure(bank, provider)
    assert_refused(bank, provider, **members)


@pytest.mark.parametrize("name", ["providerId", "code", "nonce"])
def test_missing_attribute(bank: Bank, provider: Provider, name: str) -> None:
    configure(bank, provider, pkceEnabled=False)
    code = provider.authorize("alice", nonce="n", challenge=None)
    attributes = {"method": "oidc", "providerId": "abc", "code": code, "nonce": "n"}
    del attributes[name]
    phone = bank.blank_phone()
    answer = post(phone, layer_1(phone, "", type="DIRECT", identityAttributes=attributes))
    assert outcome(answer) == NO_ACTIVATION
    assert provider.seen == []


def test_verifier_is_demanded_before_the_provider_is_asked(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    assert_refused(bank, provider, code_verifier=None)
    assert provider.seen == []


def test_code_twice(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    code = provider.authorize("alice", nonce="n", challenge=CHALLENGE)
    login = {"code": code, "nonce": "n", "code_verifier": VERIFIER, "pin": PIN}
    bank.blank_phone().activate_by_login("abc", **login)
    with pytest.raises(PhoneFailure) as failure:
        bank.blank_phone().activate_by_login("abc", **login)
    assert outcome(failure.value.answer) == NO_ACTIVATION
    assert Activation.objects.count() == 1


def test_unknown_provider(bank: Bank, other_bank: Bank, provider: Provider) -> None:
    configure(other_bank, provider)
    assert_refused(bank, provider)
    assert provider.seen == []


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://127.0.0.1:1"},
        {"iss": ...},
        {"aud": "another app"},
        {"aud": ...},
        {"aud": []},
        {"aud": [CLIENT_ID, "another app"]},
        {"aud": [CLIENT_ID, "another app"], "azp": "another app"},
        {"azp": "another app"},
        {"exp": timedelta(seconds=-40)},
        {"exp": ...},
        {"exp": "never"},
        {"exp": True},
        {"iat": timedelta(seconds=4000)},
        {"iat": ...},
        {"nbf": timedelta(seconds=4000)},
        {"nonce": "of another login"},
        {"nonce": ...},
        {"nonce": None},
        {"nonce": 5},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"at_hash": None},
        {"sub": ...},
        {"sub": ""},
        {"sub": "  "},
        {"sub": 5},
        {"sub": "a" * 256},
        {"sub": "a\x00"},
    ],
)
def test_wrong_claims(bank: Bank, provider: Provider, claims: dict[str, Any]) -> None:
    configure(bank, provider)
    provider.claims = claims
    assert_refused(bank, provider)
    assert len(provider.forms) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another app"], "azp": CLIENT_ID},
        {"azp": CLIENT_ID},
        {"exp": timedelta(seconds=-10)},
        {"iat": timedelta(seconds=10)},
        {"nbf": timedelta(seconds=-5)},
        {"at_hash": ...},
        {"sub": "a" * 255},
        {"unknown": [1, {"a": None}]},
    ],
)
def test_sound_claims(bank: Bank, provider: Provider, claims: dict[str, Any]) -> None:
    configure(bank, provider)
    provider.claims = claims
    assert_activated(bank, provider)


def test_hash_of_an_access_token_that_is_missing(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    honest = provider.answer

    def without_access_token(path: str, form: dict[str, str], authorization: str | None) -> Answer:
        answer = honest(path, form, authorization)
        body = answer.body.replace(b'"access_token"', b'"another"')
        return Answer(status=answer.status, body=body, headers=answer.headers)

    provider.answer = without_access_token  # type: ignore[method-assign] # a provider that forgets
    assert_refused(bank, provider)
    provider.claims = {"at_hash": ...}
    assert_activated(bank, provider)


Sign = Callable[[dict[str, Any], dict[str, Any]], str]


def _public_key_as_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    secret = OctKey.import_key(b64url(signing_key("RS256").as_pem(private=False)))
    return token({**header, "alg": "HS256"}, claims, secret)


def _client_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return token({**header, "alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))


def _unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join([*token(header, claims, signing_key("RS256")).split(".")[:2], ""])


def _none(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = token({**header, "alg": "RS256"}, claims, signing_key("RS256")).split(".")
    return f"{b64url(json.dumps({'alg': 'none'}).encode())}.{parts[1]}."


def _other_algorithm(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return token({**header, "alg": "RS512"}, claims, signing_key("RS256"))


def _other_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return token(header, claims, signing_key("RS256", 1))


def _changed_claims(header: dict[str, Any], claims: dict[str, Any]) -> str:
    first, _, last = token(header, claims, signing_key("RS256")).split(".")
    changed = token(header, {**claims, "sub": "bob"}, signing_key("RS256")).split(".")[1]
    return f"{first}.{changed}.{last}"


def _own_key_in_the_header(header: dict[str, Any], claims: dict[str, Any]) -> str:
    own = signing_key("RS256", 1)
    return token({**header, "jwk": own.as_dict(private=False)}, claims, own)


def _critical(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return token({**header, "crit": ["b64"], "b64": True}, claims, signing_key("RS256"))


@pytest.mark.parametrize(
    "sign",
    [
        _client_secret,
        _unsigned,
        _none,
        _other_algorithm,
        _other_key,
        _changed_claims,
        _own_key_in_the_header,
        _critical,
        lambda header, claims: "",
        lambda header, claims: "a.b",
        lambda header, claims: "a.b.c.d",
        lambda header, claims: f"{b64url(b'[' * 5000)}.e30.c",
        lambda header, claims: f"{b64url(b'[1]')}.e30.c",
        lambda header, claims: "é.e30.c",
        lambda header, claims: token(header, [claims], signing_key("RS256")),
        lambda header, claims: token({**header, "kid": "x"}, claims, signing_key("RS256")),
    ],
)
def test_wrong_signature(bank: Bank, provider: Provider, sign: Sign) -> None:
    configure(bank, provider)
    provider.sign = sign
    assert_refused(bank, provider)
    assert len(provider.forms) == 1


@pytest.mark.filterwarnings("ignore:This key should not be used as an oct key")
def test_public_key_as_a_shared_secret(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    provider.sign = _public_key_as_secret
    assert_refused(bank, provider)


def test_key_of_another_kind_under_the_same_name(bank: Bank, provider: Provider) -> None:
    provider.keys = [ECKey.generate_key("P-256", {"kid": "RS256-0"})]
    provider.sign = lambda header, claims: token(header, claims, signing_key("RS256"))
    configure(bank, provider)
    assert_refused(bank, provider)


@pytest.mark.parametrize("parameters", [{"use": "enc"}, {"alg": "RS512"}])
def test_key_for_something_else(bank: Bank, provider: Provider, parameters: dict[str, Any]) -> None:
    own = signing_key("RS256", 2)
    published = RSAKey.import_key({**own.as_dict(private=False), **parameters})
    provider.keys = [published]
    provider.sign = lambda header, claims: token(header, claims, own)
    configure(bank, provider)
    assert_refused(bank, provider)


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_short_key(bank: Bank, provider: Provider) -> None:
    provider.keys = [RSAKey.generate_key(1024, {"kid": "short"})]
    configure(bank, provider)
    assert_refused(bank, provider)


def test_token_without_the_name_of_its_key(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    provider.header = {"kid": ...}
    assert_activated(bank, provider)
    keys.forget()
    provider.keys = [signing_key("RS256", number) for number in (0, 1)]
    with pytest.raises(PhoneFailure):
        log_in(bank.blank_phone(), provider)


def test_keys_that_nobody_here_understands(bank: Bank, provider: Provider) -> None:
    public = signing_key("RS256").as_dict(private=False)
    strange: list[Any] = [
        5,
        {},
        {"kty": "oct", "k": "AAAA", "kid": public["kid"]},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "A" * 342, "e": "AQAB"},
        {"kty": "RSA", "n": "é" * 342, "e": "AQAB"},
        {"kty": "XYZ"},
        {**public, "x5c": ["AAAA"], "x5t": "AAAA"},
    ]
    provider.answers["/keys"] = provider._json(200, {"keys": strange})
    configure(bank, provider)
    assert_activated(bank, provider)


def test_keys_are_remembered(bank: Bank, provider: Provider) -> None:
    configure(bank, provider)
    for _ in range(3):
        assert_activated(bank, provider)
    assert provider.seen == [DISCOVERY, "/token", "/keys", "/token", "/token"]


def test_rotated_key(bank: Bank, provider: Provider, now: list[float]) -> None:
    configure(bank, provider)
    assert_activated(bank, provider)
    provider.keys = [signing_key("RS256", 1), *provider.keys]
    with pytest.raises(PhoneFailure):
        log_in(bank.blank_phone(), provider)
    assert provider.seen.count("/keys") == 1
    now[0] += keys.REFETCH_AFTER
    assert_activated(bank, provider)
    assert provider.seen.count("/keys") == 2


def test_unknown_keys_do_not_make_the_server_ask_for_ever(
    bank: Bank, provider: Provider, now: list[float]
) -> None:
    configure(bank, provider)
    provider.header = {"kid": "unknown"}
    for _ in range(4):
        now[0] += keys.REFETCH_AFTER / 2
        assert_refused(bank, provider)
    assert provider.seen.count("/keys") == 2


def test_withdrawn_key_is_forgotten(bank: Bank, provider: Provider, now: list[float]) -> None:
    configure(bank, provider)
    assert_activated(bank, provider)
    provider.sign = lambda header, claims: token(
        {**header, "kid": "RS256-0"}, claims, signing_key("RS256")
    )
    provider.keys = [signing_key("RS256", 1)]
    now[0] += 601
    with pytest.raises(PhoneFailure):
        log_in(bank.blank_phone(), provider)


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500, body=b"{}"),
        Answer(status=204),
        Answer(body=b"<html>"),
        Answer(body=b"[]"),
        Answer(body=b"null"),
        Answer(body=b"\xff"),
        Answer(body=b"{}"),
        Answer(body=b'{"keys":{},"id_token":5}'),
        Answer(body=b"[" * 100_000),
        Answer(body=b'{"a":"' + b"x" * 300_000 + b'"}'),
        Answer(body=b"x" * 5_000_000),
        Answer(status=302, headers={"Location": "/keys"}),
        Answer(status=307, headers={"Location": "http://127.0.0.1:1/"}),
        Answer(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
    ],
)
def test_hostile_answers(bank: Bank, provider: Provider, path: str, answer: Answer) -> None:
    configure(bank, provider)
    provider.answers[path] = answer
    assert_refused(bank, provider)
    assert provider.seen.count("/keys") == (1 if path == "/keys" else 0)


def test_answer_that_never_ends(bank: Bank, provider: Provider, settings: Settings) -> None:
    settings.OIDC_RESPONSE_TIMEOUT_S = 1
    configure(bank, provider)
    provider.answers["/token"] = Answer(body=b"{" * 1000, pause_s=0.05)
    began = time.monotonic()
    assert_refused(bank, provider)
    assert time.monotonic() - began < 5


def test_answer_that_never_begins(bank: Bank, provider: Provider, settings: Settings) -> None:
    settings.OIDC_RESPONSE_TIMEOUT_S = 1
    configure(bank, provider)
    honest = provider.answer

    def late(path: str, form: dict[str, str], authorization: str | None) -> Answer:
        if path == "/token":
            time.sleep(1.5)
        return honest(path, form, authorization)

    provider.answer = late  # type: ignore[method-assign] # a provider that sleeps
    assert_refused(bank, provider)


def test_provider_down(bank: Bank) -> None:
    with serve() as provider:
        configure(bank, provider)
    assert_refused(bank, provider)
    configure(bank, provider, tokenUri=f"{provider.base}/token", jwkSetUri=f"{provider.base}/keys")
    assert_refused(bank, provider)


@pytest.mark.parametrize(
    "answer",
    [Answer(status=404), Answer(status=503), Answer(body=b"<html>"), Answer(body=b"[]")],
)
def test_discovery_down(bank: Bank, provider: Provider, answer: Answer) -> None:
    provider.answers[DISCOVERY] = answer
    configure(bank, provider)
    assert_refused(bank, provider)
    configure(bank, provider, tokenUri=f"{provider.base}/token")
    assert_refused(bank, provider)
    configure(bank, provider, tokenUri=f"{provider.base}/token", jwkSetUri=f"{provider.base}/keys")
    assert_activated(bank, provider)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://id.bank.example/token"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": "http://id.bank.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:x/keys"},
        {"jwks_uri": "http://[::1"},
    ],
)
def test_discovery_of_another_issuer(
    bank: Bank, provider: Provider, document: dict[str, Any]
) -> None:
    """A wrong description is no reason to use the configured addresses."""
    provider.document = document
    configure(bank, provider, tokenUri=f"{provider.base}/token", jwkSetUri=f"{provider.base}/keys")
    assert_refused(bank, provider)
    assert provider.seen == [DISCOVERY]


@pytest.mark.parametrize(
    ("url", "issuer", "allowed"),
    [
        ("https://keys.example/k", "https://id.bank.example", True),
        ("https://keys.example/k", "http://localhost:80", True),
        ("http://localhost:80/k", "http://127.0.0.1:80", True),
        ("http://[::1]/k", "http://127.0.0.1:80", True),
        ("http://127.0.0.1/k", "https://id.bank.example", False),
        ("http://id.bank.example/k", "http://127.0.0.1:80", False),
        ("http://127.0.0.1.example/k", "http://127.0.0.1:80", False),
        ("http://127.0.0.1@id.bank.example/k", "http://127.0.0.1:80", False),
        ("https:///k", "https://id.bank.example", False),
        ("", "https://id.bank.example", False),
    ],
)
def test_where_an_issuer_may_send_the_server(url: str, issuer: str, allowed: bool) -> None:
    assert is_as_secure(url, issuer) is allowed


def test_issuer_with_a_slash_at_its_end(bank: Bank, provider: Provider) -> None:
    issuer = f"{provider.base}/"
    provider.document, provider.claims = {"issuer": issuer}, {"iss": issuer}
    configure(bank, provider, issuerUri=issuer)
    assert_activated(bank, provider)
    assert provider.seen[0] == DISCOVERY


@pytest.mark.parametrize(
    "members",
    [
        {"issuerUri": ...},
        {"issuerUri": "http://id.bank.example"},
        {"issuerUri": "https://"},
        {"issuerUri": 5},
        {"tokenUri": "http://id.bank.example/token"},
        {"jwkSetUri": "http://id.bank.example/keys"},
        {"clientId": ...},
        {"clientSecret": ...},
        {"clientSecret": " "},
        {"redirectUri": ...},
        {"clientAuthenticationMethod": "none"},
        {"clientAuthenticationMethod": 5},
        {"signatureAlgorithm": "none"},
        {"signatureAlgorithm": "HS256"},
        {"signatureAlgorithm": ["RS256"]},
        {"pkceEnabled": "yes"},
    ],
)
def test_unusable_configuration(bank: Bank, provider: Provider, members: dict[str, Any]) -> None:
    configure(bank, provider, **members)
    assert_refused(bank, provider)
    assert provider.seen == []


@pytest.mark.parametrize("issuer", ["http://id.bank.example", "ftp://127.0.0.1", "id.bank.example"])
def test_issuer_must_be_secure(provider: Provider, issuer: str) -> None:
    with pytest.raises(OidcRefused):
        providers.Provider.of(provider.entry(issuerUri=issuer))


def test_wrong_client_secret(bank: Bank, provider: Provider) -> None:
    configure(bank, provider, clientSecret="another")
    assert_refused(bank, provider)


def test_environment_names_no_proxy(
    bank: Bank, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    configure(bank, provider)
    assert_activated(bank, provider)


def test_logs_tell_no_secret(
    bank: Bank, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    configure(bank, provider)
    code = provider.authorize("alice", nonce="the-nonce", challenge=CHALLENGE)
    provider.claims = {"iss": "http://127.0.0.1:1"}
    with pytest.raises(PhoneFailure):
        bank.blank_phone().activate_by_login(
            "abc", code=code, nonce="the-nonce", code_verifier=VERIFIER, pin=PIN
        )
    assert "the ID token is of another issuer" in caplog.text
    for secret in (code, "the-nonce", VERIFIER, CLIENT_SECRET, "eyJ", provider.access_token):
        assert secret not in caplog.text
