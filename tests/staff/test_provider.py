"""Logging in at the bank's OpenID Connect provider: its claims decide about groups and rights."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django.fixtures import Settings

from enrollment_server.staff.guessing.room import Room
from enrollment_server.staff.models import FailedLogins, ProviderAccount
from enrollment_server.staff.provider import client as staff_provider
from enrollment_server.staff.provider import views as provider_views
from powerauth.oidc import discovery, keys
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Answer, Provider, serve
from tests.staff.people import (
    CODE,
    LOGIN,
    SET_UP,
    audit,
    browser,
    is_in,
    person,
    text_of,
    type_password,
)

BEGIN = "/admin/login/provider/"
BACK = "/admin/login/provider/callback/"
CALLBACK = f"http://testserver{BACK}"
CLERK: dict[str, Any] = {"preferred_username": "anna", "groups": ["bank-clerks", "unrelated"]}


@pytest.fixture
def provider() -> Iterator[Provider]:
    discovery.forget()
    keys.forget()
    with serve(redirect_uri=CALLBACK, claims=dict(CLERK)) as running:
        yield running


@pytest.fixture(autouse=True)
def configured(db: None, settings: Settings, provider: Provider) -> Settings:
    Group.objects.create(name="clerk")
    Group.objects.create(name="auditor")
    settings.STAFF_SECOND_FACTOR = "password"
    settings.STAFF_OIDC_ISSUER = provider.base
    settings.STAFF_OIDC_CLIENT_ID = CLIENT_ID
    settings.STAFF_OIDC_CLIENT_SECRET = CLIENT_SECRET
    settings.STAFF_OIDC_GROUPS = ["bank-clerks=clerk", "bank-auditors=auditor"]
    return settings


def go(client: Client, target: str = "") -> dict[str, str]:
    """Begin a login; give the parameters that the browser brings to the provider."""
    answer = client.post(BEGIN, {"next": target} if target else {})
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query, strict_parsing=True)
    return {name: values[0] for name, values in query.items()}


def come_back(client: Client, provider: Provider, asked: dict[str, str], **changes: str) -> Any:
    """Log somebody in at the provider and come back."""
    code = provider.authorize("subject-1", nonce=asked["nonce"], challenge=asked["code_challenge"])
    return client.get(BACK, {"code": code, "state": asked["state"], **changes})


def log_in(client: Client, provider: Provider) -> Any:
    return come_back(client, provider, go(client))


def assert_refused(client: Client, answer: Any, reason: str) -> None:
    assert answer["Location"] == LOGIN
    page = text_of(client.get(LOGIN))
    assert "did not succeed" in page
    assert not is_in(client)
    action, outcome, facts = audit()[-1]
    assert (action, outcome, facts["step"]) == ("admin/login", "FAILED", "provider")
    assert reason in facts["reason"]


def test_a_login_by_code_flow_with_pkce_state_and_nonce(provider: Provider) -> None:
    client = browser()
    answer = client.post(BEGIN, {"next": "/admin/auth/user/"})
    assert answer["Location"].startswith(f"{provider.base}/authorize?")
    asked = go(client, "/admin/auth/user/")
    assert asked["redirect_uri"] == CALLBACK
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["scope"].split() == ["openid", "profile", "email"]
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))
    assert "no-store" in answer["Cache-Control"]
    assert come_back(client, provider, asked)["Location"] == "/admin/auth/user/"
    assert is_in(client)
    user = User.objects.get(username="anna")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert [group.name for group in user.groups.all()] == ["clerk"]
    assert (audit()[-1][0], audit()[-1][2]["method"]) == ("admin/login", "provider")
    assert audit()[-1][2]["secondFactor"] == "provider"
    assert provider.forms[-1]["code_verifier"]


def test_beginning_a_login_leaves_nothing_in_the_database(
    provider: Provider, django_assert_num_queries: Any
) -> None:
    client = browser()
    go(client)
    assert "sessionid" not in client.cookies
    assert not FailedLogins.objects.filter(failures__gt=0).exists()
    assert client.cookies[staff_provider.COOKIE]["httponly"]


def test_rights_follow_the_claims_at_each_login(provider: Provider) -> None:
    log_in(browser(), provider)
    provider.claims["groups"] = "bank-auditors"
    provider.claims["preferred_username"] = "renamed"
    log_in(browser(), provider)
    user = User.objects.get()
    assert (user.username, [group.name for group in user.groups.all()]) == ("anna", ["auditor"])
    provider.claims["groups"] = ["unrelated"]
    client = browser()
    answer = log_in(client, provider)
    assert_refused(client, answer, "no claim gives a right")
    user.refresh_from_db()
    assert not user.is_staff and not user.groups.exists()
    changes = [facts for action, _, facts in audit() if action == "admin/change"]
    assert changes == [{"groups": ["auditor"]}, {"groups": [], "is_staff": False}]


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["bank-clerks"]}}),
        ("https://bank.example/groups", {"https://bank.example/groups": ["bank-clerks"]}),
        ("role", {"role": "bank-clerks"}),
    ],
)
def test_where_the_groups_stand(
    provider: Provider, configured: Settings, claim: str, claims: dict[str, Any]
) -> None:
    provider.claims = {"preferred_username": "anna", **claims}
    configured.STAFF_OIDC_GROUPS_CLAIM = claim
    client = browser()
    log_in(client, provider)
    assert is_in(client)


def test_nobody_without_a_mapped_group_gets_in_or_an_account(provider: Provider) -> None:
    provider.claims = {
        "preferred_username": "anna",
        "groups": ["clerk", "superuser"],
        "is_staff": True,
        "is_superuser": True,
    }
    client = browser()
    assert_refused(client, log_in(client, provider), "no claim gives a right")
    assert not User.objects.exists()


def test_superuser_only_by_a_claim_that_a_setting_names(
    provider: Provider, configured: Settings
) -> None:
    provider.claims["groups"] = ["bank-clerks", "bank-roots"]
    log_in(browser(), provider)
    assert not User.objects.get().is_superuser
    configured.STAFF_OIDC_SUPERUSER_GROUP = "bank-roots"
    log_in(browser(), provider)
    assert User.objects.get().is_superuser
    provider.claims["groups"] = ["bank-clerks"]
    log_in(browser(), provider)
    assert not User.objects.get().is_superuser


@pytest.mark.parametrize("name", ["admin", "ADMIN"])
def test_the_account_of_somebody_else_is_not_handed_over(provider: Provider, name: str) -> None:
    User.objects.create_superuser("admin", password="x")
    provider.claims["preferred_username"] = name
    client = browser()
    assert_refused(client, log_in(client, provider), "somebody else has the name")
    assert not ProviderAccount.objects.exists()


@pytest.mark.parametrize("name", [..., "", " ", 5, "a" * 151, "a b\n", ["anna"]])
def test_names_that_cannot_be_used(provider: Provider, name: Any) -> None:
    provider.claims["preferred_username"] = name
    client = browser()
    assert_refused(client, log_in(client, provider), "user")
    assert not User.objects.exists()


def test_who_is_not_active_here_stays_out(provider: Provider) -> None:
    log_in(browser(), provider)
    User.objects.update(is_active=False)
    client = browser()
    assert_refused(client, log_in(client, provider), "not active")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "another"}, "another login"),
        ({"state": ""}, "another login"),
        ({"code": ""}, "logged anybody in"),
        ({"code": "made-up"}, "HTTP 400"),
        ({"iss": "https://other.example"}, "another provider"),
    ],
)
def test_answers_to_another_login(provider: Provider, changes: dict[str, str], reason: str) -> None:
    client = browser()
    answer = come_back(client, provider, go(client), **changes)
    assert_refused(client, answer, reason)


def test_an_answer_in_another_browser(provider: Provider) -> None:
    asked = go(browser())
    other = browser()
    assert_refused(other, come_back(other, provider, asked), "not begun in this browser")
    go(other)
    assert_refused(other, come_back(other, provider, asked), "another login")


def test_an_answer_is_good_once(provider: Provider) -> None:
    client = browser()
    asked = go(client)
    code = provider.authorize("subject-1", nonce=asked["nonce"], challenge=asked["code_challenge"])
    answer = {"code": code, "state": asked["state"]}
    cookie = client.cookies[staff_provider.COOKIE].value
    client.get(BACK, answer)
    assert is_in(client)
    again = browser()
    again.cookies[staff_provider.COOKIE] = cookie
    assert_refused(again, again.get(BACK, answer), "HTTP 400")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "another login"),
        ({"nonce": ...}, "another login"),
        ({"aud": "another"}, "another client"),
        ({"iss": "https://other.example"}, "another issuer"),
        ({"exp": timedelta(minutes=-5)}, "expired"),
        ({"sub": ...}, "no usable subject"),
    ],
)
def test_id_tokens_that_prove_nothing(
    provider: Provider, claims: dict[str, Any], reason: str
) -> None:
    provider.claims |= claims
    client = browser()
    assert_refused(client, log_in(client, provider), reason)
    assert not User.objects.exists()


def test_as_strong_as_the_settings_want(provider: Provider, configured: Settings) -> None:
    configured.STAFF_OIDC_ACR_VALUES = ["phr", "mfa"]
    client = browser()
    asked = go(client)
    assert asked["acr_values"] == "phr mfa"
    assert_refused(client, come_back(client, provider, asked), "as strongly")
    provider.claims["acr"] = "mfa"
    log_in(client, provider)
    assert is_in(client)


def test_a_second_factor_of_ours_if_it_is_always_wanted(
    provider: Provider, configured: Settings
) -> None:
    log_in(browser(), provider)
    configured.STAFF_SECOND_FACTOR = "always"
    client = browser()
    assert log_in(client, provider)["Location"] == CODE
    assert client.get(CODE)["Location"] == SET_UP
    assert not is_in(client)


def test_explicit_addresses_stand_in_for_discovery(
    provider: Provider, configured: Settings
) -> None:
    provider.answers["/.well-known/openid-configuration"] = Answer(status=404)
    client = browser()
    assert client.post(BEGIN)["Location"] == LOGIN
    assert "did not succeed" in text_of(client.get(LOGIN)) and audit() == []
    configured.STAFF_OIDC_AUTHORIZE_URL = f"{provider.base}/authorize?tenant=1"
    configured.STAFF_OIDC_TOKEN_URL = f"{provider.base}/token"
    configured.STAFF_OIDC_JWKS_URL = f"{provider.base}/keys"
    assert go(client)["tenant"] == "1"
    log_in(client, provider)
    assert is_in(client)


def test_a_slow_provider_is_given_up(provider: Provider, configured: Settings) -> None:
    configured.OIDC_RESPONSE_TIMEOUT_S = 1
    client = browser()
    asked = go(client)
    provider.answers["/token"] = Answer(body=b"{" + b" " * 2000, pause_s=0.05)
    began = time.monotonic()
    answer = come_back(client, provider, asked)
    assert time.monotonic() - began < 20
    assert_refused(client, answer, "takes too long")


def test_waiting_for_the_provider_leaves_threads_to_phones(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(1)
    monkeypatch.setattr(provider_views, "_room", lambda: room)
    client = browser()
    asked = go(client)
    seen = len(provider.seen)
    with room.place():
        assert come_back(client, provider, asked)["Location"] == LOGIN
        assert "Please try again." in text_of(client.get(LOGIN))
        assert client.post(BEGIN)["Location"] == LOGIN
    assert len(provider.seen) == seen
    assert not FailedLogins.objects.filter(failures__gt=0).exists()


def test_strangers_who_make_answers_up_are_slowed_down(
    provider: Provider, configured: Settings
) -> None:
    configured.STAFF_LOGIN_ADDRESS_ATTEMPTS = 3
    client = browser()
    for _ in range(3):
        client.get(BACK, {"code": "x", "state": "y"})
    assert client.post(BEGIN)["Location"] == LOGIN
    assert "Too many failed logins" in text_of(client.get(LOGIN))
    assert audit()[-1][0] == "admin/lock"


def test_who_belongs_to_the_provider_has_no_password_here(provider: Provider) -> None:
    log_in(browser(), provider)
    user = User.objects.get()
    user.set_password("correct horse battery staple")
    user.save()
    client = browser()
    assert type_password(client, "anna").status_code == 200
    assert audit()[-1][2]["reason"] == "belongs to the OpenID provider"


def test_passwords_may_be_switched_off(provider: Provider, configured: Settings) -> None:
    person()
    assert 'name="password"' in text_of(browser().get(LOGIN))
    configured.STAFF_PASSWORD_LOGIN = False
    client = browser()
    page = text_of(client.get(LOGIN))
    assert 'name="password"' not in page and 'id="provider-form"' in page
    assert type_password(client).status_code == 200
    assert client.get(CODE)["Location"] == LOGIN
    log_in(client, provider)
    assert is_in(client)


def test_without_a_provider_there_is_no_such_page(configured: Settings) -> None:
    configured.STAFF_OIDC_ISSUER = ""
    client = browser()
    assert client.post(BEGIN).status_code == 404
    assert client.get(BACK, {"code": "x", "state": "y"}).status_code == 404
    assert "provider-form" not in text_of(client.get(LOGIN))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_nobody_is_sent_elsewhere_after_a_login(provider: Provider, target: str) -> None:
    client = browser()
    assert come_back(client, provider, go(client, target))["Location"] == "/admin/"


def test_the_secret_is_in_no_log_and_no_record(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        client = browser()
        log_in(client, provider)
        client.get(BACK, {"code": "secret-code", "state": "secret-state"})
    told = str(audit()) + str([record.getMessage() for record in caplog.records])
    for secret in (CLIENT_SECRET, "secret-code", "secret-state", provider.access_token):
        assert secret not in told
