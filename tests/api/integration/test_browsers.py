"""What pages of other sites can make a browser send to the integration API, push and inbox."""

import re
from collections.abc import Iterator

import pytest
import requests
from django.urls import URLPattern, URLResolver
from pytest_django.fixtures import Settings

from enrollment_server.urls import urlpatterns
from powerauth.engine.applications import integrations
from powerauth.integration.api import IntegrationView
from powerauth.models import Application
from tests.wsgi import BASE_URL

pytestmark = pytest.mark.django_db

CREATE = f"{BASE_URL}/rest/v3/application/create"
BODY = b'{"requestObject": {"applicationId": "made-by-a-page"}}'
JSON = {"Content-Type": "application/json"}
OF_OTHERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL},
    {"Sec-Fetch-Site": "made-up"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "http://testserver:8080"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://[::1"},
]


def _methods(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Give verb and path of each method that back ends call."""
    for pattern in patterns:
        path = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _methods(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, IntegrationView):
            yield from ((verb.upper(), path) for verb in view.http_method_names)


METHODS = sorted(set(_methods(urlpatterns)))


def _assert_refused(answer: requests.Response) -> None:
    error = answer.json()["responseObject"]
    assert (answer.status_code, error["code"]) == (403, "ERROR_HTTP_REQUEST")
    assert error["message"] == "Requests of other sites are refused."
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_every_method_refuses_other_sites(http: requests.Session) -> None:
    assert len(METHODS) > 60
    assert {path.split("/")[0] for _, path in METHODS} == {"rest", "push", "inbox"}
    for verb, path in METHODS:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            url = f"{BASE_URL}/{path}"
            _assert_refused(http.request(verb, url, data=b"{}", headers={**JSON, **headers}))


@pytest.mark.parametrize("headers", OF_OTHERS)
def test_other_sites_change_nothing(http: requests.Session, headers: dict[str, str]) -> None:
    _assert_refused(http.post(CREATE, data=BODY, headers={**JSON, **headers}))
    assert not Application.objects.exists()


def test_credentials_that_a_browser_remembers_are_no_help(
    http: requests.Session, settings: Settings
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    own = integrations.create("core banking")
    http.auth = (own.integration.client_token, own.client_secret)
    for headers in OF_OTHERS:
        _assert_refused(http.post(CREATE, data=BODY, headers={**JSON, **headers}))
    assert not Application.objects.exists()
    assert http.post(CREATE, data=BODY, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": BASE_URL},
        {"Origin": "https://testserver"},
        {"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"},
        # The proxy in front has given the server another name than the browser sees.
        {"Origin": "https://token.bank.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_back_ends_and_our_own_pages_are_served(
    http: requests.Session, headers: dict[str, str]
) -> None:
    assert http.post(CREATE, data=BODY, headers={**JSON, **headers}).status_code == 200


def test_a_name_that_leads_to_our_address_is_refused(http: requests.Session) -> None:
    headers = {**JSON, "Host": "evil.example", "Origin": "http://evil.example"}
    answer = http.post(CREATE, data=BODY, headers={**headers, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/plain; a=json"]
)
def test_a_body_has_to_be_declared_as_json(
    http: requests.Session, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    for verb, path in METHODS:
        if verb != "GET":
            answer = http.request(verb, f"{BASE_URL}/{path}", data=BODY, headers=headers)
            assert answer.status_code == 415, (verb, path)
    assert not Application.objects.exists()


def test_json_with_a_charset_and_a_call_without_a_body_are_fine(http: requests.Session) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert http.post(CREATE, data=BODY, headers=headers).status_code == 200
    assert http.post(f"{BASE_URL}/rest/v3/application/list").status_code == 200
