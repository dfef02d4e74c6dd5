"""Who may call the integration API."""

import base64
from io import StringIO

import pytest
import requests
from django.core.management import CommandError, call_command
from pytest_django import Settings

from powerauth.engine.applications import integrations
from powerauth.engine.applications.integrations import NewIntegration
from powerauth.models import Integration
from tests.api.integration.back_end import post
from tests.wsgi import BASE_URL

pytestmark = pytest.mark.django_db

REJECTION = {
    "status": "ERROR",
    "responseObject": {"code": "ERR_AUTHENTICATION", "message": "Authentication failed"},
}


def _basic(text: str | bytes) -> dict[str, str]:
    raw = text.encode() if isinstance(text, str) else text
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


def _assert_rejected(response: requests.Response) -> None:
    assert (response.status_code, response.json()) == (401, REJECTION)
    assert "WWW-Authenticate" not in response.headers


@pytest.fixture
def back_end(settings: Settings, db: None) -> NewIntegration:
    settings.INTEGRATION_AUTH_REQUIRED = True
    return integrations.create("core banking")


@pytest.mark.parametrize(
    "value", ["Basic Og==", "Basic", "Basic ***", "Bearer x", "", "Basic /////w==", "Basic AAAA"]
)
def test_header_is_ignored_while_unrestricted(http: requests.Session, value: str) -> None:
    response = post(http, "status", {}, headers={"Authorization": value})

    assert response.status_code == 200


@pytest.mark.main_path
def test_credentials_are_accepted(http: requests.Session, back_end: NewIntegration) -> None:
    pair = f"{back_end.integration.client_token}:{back_end.client_secret}"

    assert post(http, "application/list", {}, headers=_basic(pair)).status_code == 200
    lower = {"Authorization": _basic(pair)["Authorization"].replace("Basic", "basic")}
    assert post(http, "application/list", {}, headers=lower).status_code == 200


def test_nothing_sent(http: requests.Session, back_end: NewIntegration) -> None:
    _assert_rejected(post(http, "status", {}))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic ",
        "Basic ***",
        "Basic YQ",
        "Basic Og==",
        "Bearer abc",
        "Digest username=x",
        "Basic é".encode().decode("iso-8859-1"),
    ],
)
def test_unreadable_header(http: requests.Session, back_end: NewIntegration, value: str) -> None:
    _assert_rejected(post(http, "status", {}, headers={"Authorization": value}))


def test_wrong_credentials(http: requests.Session, back_end: NewIntegration) -> None:
    token, secret = back_end.integration.client_token, back_end.client_secret
    other = integrations.create("other")
    stored = back_end.integration.client_secret_hash
    wrong: list[str | bytes] = [
        f"{token}:",
        f"{token}:{secret} ",
        f"{token}:{secret.upper()}",
        f"{token}:{other.client_secret}",
        f"{token}:{stored}",
        f"{token}{secret}",
        f"{secret}:{token}",
        f":{secret}",
        f"{token}\x00:{secret}",
        f"\x00:{secret}",
        f"{token}:\x00",
        f"{'x' * 5000}:{secret}",
        b"\xff\xfe:" + secret.encode(),
        token.encode() + b":\xff",
    ]

    for pair in wrong:
        _assert_rejected(post(http, "status", {}, headers=_basic(pair)))


def test_removed_integration(http: requests.Session, back_end: NewIntegration) -> None:
    pair = f"{back_end.integration.client_token}:{back_end.client_secret}"
    back_end.integration.delete()

    _assert_rejected(post(http, "status", {}, headers=_basic(pair)))


def test_rejection_comes_before_the_body(http: requests.Session, back_end: NewIntegration) -> None:
    headers = {"Content-Type": "application/json"}

    response = http.post(f"{BASE_URL}/rest/v3/application/create", data=b"{", headers=headers)

    _assert_rejected(response)


def test_secret_is_not_stored(back_end: NewIntegration) -> None:
    row = Integration.objects.get()

    assert back_end.client_secret not in (row.client_token, row.client_secret_hash)


def test_command_makes_working_credentials(http: requests.Session, settings: Settings) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    out = StringIO()

    call_command("create_integration", "core banking", stdout=out)

    lines = dict(line.split(": ") for line in out.getvalue().splitlines())
    assert list(lines) == ["clientToken", "clientSecret"]
    pair = f"{lines['clientToken']}:{lines['clientSecret']}"
    assert post(http, "status", {}, headers=_basic(pair)).status_code == 200
    assert Integration.objects.get().name == "core banking"


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_command_refuses_a_bad_name(name: str) -> None:
    with pytest.raises(CommandError, match="1 to 255 characters"):
        call_command("create_integration", name)
    assert not Integration.objects.exists()
