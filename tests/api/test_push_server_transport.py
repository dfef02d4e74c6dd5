"""Who may call the methods of a Push Server, and how: push-and-inbox.md 1 and 2."""

import base64
import re

import pytest
import requests
from django.urls import URLPattern
from pytest_django import Settings

from enrollment_server import urls
from inbox.integration import urls as inbox_urls
from inbox.models import InboxMessage
from powerauth.engine.applications import integrations
from push import services
from push.integration import urls as push_urls
from push.models import PushDevice
from tests.api.push_server import send
from tests.bank import Bank
from tests.wsgi import BASE_URL

FORMER_NAMES = ("ios", "android", "huawei")
METHODS: list[tuple[str, set[str]]] = [
    ("push/device/create", {"POST"}),
    ("push/device/create/multi", {"POST"}),
    ("push/device/delete", {"POST", "DELETE"}),
    ("push/device/status/update", {"POST", "PUT"}),
    ("push/service/status", {"GET"}),
    ("push/message/send", {"POST"}),
    ("push/message/batch/send", {"POST"}),
    ("push/campaign/create", {"POST"}),
    ("push/campaign/list", {"GET"}),
    ("push/campaign/1/detail", {"GET"}),
    ("push/campaign/1/delete", {"POST", "DELETE"}),
    ("push/campaign/1/user/list", {"GET"}),
    ("push/campaign/1/user/add", {"POST", "PUT"}),
    ("push/campaign/1/user/delete", {"POST", "DELETE"}),
    ("push/campaign/send/test/1", {"POST"}),
    ("push/campaign/send/live/1", {"POST"}),
    ("push/admin/app/list", {"GET"}),
    ("push/admin/app/unconfigured/list", {"GET"}),
    ("push/admin/app/detail", {"POST"}),
    ("push/admin/app/create", {"POST"}),
    *((f"push/admin/app/{one}", {"POST", "PUT", "DELETE"}) for one in ("apns", "fcm", "hms")),
    *((f"push/admin/app/{one}/update", {"POST", "PUT"}) for one in FORMER_NAMES),
    *((f"push/admin/app/{one}/remove", {"POST", "DELETE"}) for one in FORMER_NAMES),
    ("inbox/messages", {"POST"}),
    ("inbox/messages/list", {"GET"}),
    ("inbox/messages/count", {"GET"}),
    ("inbox/messages/detail", {"GET"}),
    ("inbox/messages/read", {"POST"}),
    ("inbox/messages/read-all", {"POST"}),
]
WITHOUT_BODY = {"push/admin/app/apns", "push/admin/app/fcm", "push/admin/app/hms"}
REJECTION = {
    "status": "ERROR",
    "responseObject": {"code": "ERR_AUTHENTICATION", "message": "Authentication failed"},
}
GENERIC = {
    "status": "ERROR",
    "responseObject": {
        "code": "ERROR_GENERIC",
        "message": "Unknown error occurred while processing request.",
    },
}

pytestmark = pytest.mark.django_db


def _basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_all_methods_are_known_here() -> None:
    sections: list[tuple[str, list[URLPattern]]] = [
        ("push", push_urls.urlpatterns),
        ("inbox", inbox_urls.urlpatterns),
    ]
    routes = {f"{name}/{one.pattern}" for name, patterns in sections for one in patterns}
    found = {re.sub("<[^>]+>", "1", route) for route in routes}
    assert found == {method for method, _ in METHODS}


@pytest.mark.parametrize(("method", "verbs"), METHODS)
def test_credentials_are_needed(
    http: requests.Session, settings: Settings, method: str, verbs: set[str]
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    own = integrations.create("core banking")
    token = own.integration.client_token
    for verb in verbs:
        for headers in ({}, _basic("x:y"), _basic(f"{token}:wrong"), _basic(f"{token}:")):
            # Who asks is settled before what is asked.
            answer = http.request(verb, f"{BASE_URL}/{method}", data=b"{", headers=headers)
            assert (answer.status_code, answer.json()) == (401, REJECTION)
            assert "WWW-Authenticate" not in answer.headers
        known = _basic(f"{token}:{own.client_secret}")
        assert send(http, method, None, method=verb, headers=known).status_code in (200, 400)


def test_what_a_stranger_sends_changes_nothing(
    http: requests.Session, settings: Settings, bank: Bank
) -> None:
    phone = bank.phone("alice")
    phone.register_push("A0B1", platform="ios")
    settings.INTEGRATION_AUTH_REQUIRED = True
    status = {"activationId": phone.activation_id, "activationStatus": "BLOCKED"}
    assert send(http, "push/device/status/update", status).status_code == 401
    token = {"requestObject": {"appId": bank.application.id, "token": "A0B1"}}
    assert send(http, "push/device/delete", token).status_code == 401
    assert PushDevice.objects.get().is_active
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(("method", "verbs"), METHODS)
def test_another_method(http: requests.Session, method: str, verbs: set[str]) -> None:
    for verb in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - verbs:
        answer = http.request(verb, f"{BASE_URL}/{method}", json={"requestObject": {}})
        assert (answer.status_code, answer.json()) == (405, GENERIC), verb
    assert http.head(f"{BASE_URL}/{method}").status_code == 405


@pytest.mark.parametrize(("method", "verbs"), METHODS)
def test_another_media_type(http: requests.Session, method: str, verbs: set[str]) -> None:
    # These three read the query only.
    without_body = {"GET", "DELETE"} if method in WITHOUT_BODY else {"GET"}
    for verb in verbs - without_body:
        headers = {"Content-Type": "text/plain"}
        answer = http.request(verb, f"{BASE_URL}/{method}", data="{}", headers=headers)
        assert (answer.status_code, answer.json()) == (415, GENERIC)


@pytest.mark.parametrize("address", ["push", "push/device", "inbox/messages/", "inbox", "push/"])
def test_other_paths(http: requests.Session, address: str) -> None:
    answer = http.post(f"{BASE_URL}/{address}", json={})
    assert (answer.status_code, answer.json()["responseObject"]["code"]) == (404, "ERROR_NOT_FOUND")


def test_only_in_its_section() -> None:
    own = {str(one.pattern) for one in urls._SECTIONS["integration"]}
    others = {str(one.pattern) for name in ("mobile", "admin") for one in urls._SECTIONS[name]}
    assert {"push/", "inbox/"} <= own
    assert not {"push/", "inbox/"} & others


def test_an_unknown_host(http: requests.Session, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    headers = {"Host": "elsewhere.example"}
    answer = http.get(f"{BASE_URL}/push/service/status", headers=headers)
    assert (answer.status_code, answer.json()["responseObject"]["code"]) == (400, "INVALID_REQUEST")


def test_a_defect(http: requests.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(application_id: str, token: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(services, "forget", fail)
    answer = send(
        http, "push/device/delete", {"requestObject": {"appId": "a", "token": "secret-token"}}
    )
    assert (answer.status_code, answer.json()) == (500, GENERIC)
