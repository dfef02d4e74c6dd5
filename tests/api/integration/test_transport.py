"""Envelopes, paths, value formats and failures of the integration API."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.db import OperationalError
from pytest_django.fixtures import Settings

from enrollment_server import VERSION
from powerauth.engine.applications import applications, integrations
from powerauth.integration.renderers import format_time
from powerauth.models import Activation, Application
from tests.api.integration.back_end import ok, post, refusal, refused
from tests.bank import Bank
from tests.wsgi import BASE_URL

pytestmark = pytest.mark.django_db

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
STATUS_URL = f"{BASE_URL}/rest/v3/status"
NIL = "00000000-0000-4000-8000-000000000000"

METHODS = [
    "status",
    "application/list",
    "application/detail",
    "application/create",
    "application/version/create",
    "application/version/support",
    "application/version/unsupport",
    "activation/init",
    "activation/commit",
    "activation/otp/update",
    "activation/remove",
    "activation/block",
    "activation/unblock",
    "activation/status",
    "activation/list",
    "activation/history",
    "activation/flags/list",
    "activation/flags/create",
    "activation/flags/update",
    "activation/flags/remove",
]


@pytest.mark.main_path
def test_status_tells_that_the_service_runs(http: requests.Session) -> None:
    answer = ok(http, "status")

    timestamp = answer.pop("timestamp")
    assert answer == {
        "status": "OK",
        "applicationName": "powerauth-server",
        "applicationDisplayName": "PowerAuth Server",
        "applicationEnvironment": "",
        "version": VERSION,
        "buildTime": None,
    }
    assert TIME.fullmatch(timestamp)
    assert abs(datetime.fromisoformat(timestamp) - datetime.now(UTC)) < timedelta(seconds=10)


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{}", b'{"requestObject": null}', b'{"requestObject": {}}']
)
def test_method_without_arguments_needs_no_object(http: requests.Session, body: bytes) -> None:
    response = http.post(STATUS_URL, data=body, headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()["status"]) == (200, "OK")


def test_body_of_a_known_back_end_needs_no_declared_type(
    http: requests.Session, settings: Settings
) -> None:
    settings.INTEGRATION_AUTH_REQUIRED = True
    own = integrations.create("core banking")
    http.auth = (own.integration.client_token, own.client_secret)
    assert http.post(STATUS_URL, data=b'{"requestObject": {}}').status_code == 200


def test_form_is_no_json(http: requests.Session) -> None:
    response = http.post(STATUS_URL, data={"requestObject": "{}"})

    assert (response.status_code, response.json()["status"]) == (415, "ERROR")


def test_unknown_members_are_ignored(http: requests.Session) -> None:
    body = {"requestObject": {"applicationId": "a", "later": [1]}, "requestId": "r"}

    response = http.post(f"{BASE_URL}/rest/v3/application/create", json=body)

    assert response.json()["responseObject"] == {"applicationId": "a", "applicationRoles": []}


def test_members_are_case_sensitive(http: requests.Session) -> None:
    assert refused(http, "application/create", applicationid="a", application_id="b") == "ERR0024"


@pytest.mark.parametrize("prefix", ["", "/enrollment-server"])
def test_paths_work_below_the_context_path_too(http: requests.Session, prefix: str) -> None:
    response = http.post(f"{BASE_URL}{prefix}/rest/v3/status", json={})

    assert response.status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "application/xml", "text/html"])
def test_answer_is_json_whatever_is_accepted(http: requests.Session, accept: str) -> None:
    response = post(http, "status", {}, headers={"Accept": accept})

    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"requestObject=1",
        b'{"requestObject": []}',
        b'{"requestObject": "text"}',
        b'{"requestObject": 1}',
        b'{"requestObject": {"applicationId": NaN}}',
        b'{"requestObject": {"applicationId": "\\u0000"}}',
        b'{"requestObject": {"applicationId": "\\ud800"}}',
        b'{"requestObject": {"applicationId": "\xff"}}',
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("path", ["application/create", "status"])
def test_malformed_body(http: requests.Session, path: str, body: bytes) -> None:
    url = f"{BASE_URL}/rest/v3/{path}"

    response = http.post(url, data=body, headers={"Content-Type": "application/json"})

    assert refusal(response) == "ERROR_HTTP_REQUEST"
    assert not Application.objects.exists()


@pytest.mark.parametrize("path", METHODS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_only_post_is_allowed(http: requests.Session, method: str, path: str) -> None:
    response = http.request(method, f"{BASE_URL}/rest/v3/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    if method != "HEAD":
        body = response.json()
        assert body["status"] == "ERROR"
        assert body["responseObject"]["message"] == body["responseObject"]["localizedMessage"]


@pytest.mark.parametrize(
    "path",
    ["", "nothing", "status/", "application", "activation/prepare/x", "fido2/x", "../v3"],
)
def test_unknown_path(http: requests.Session, path: str) -> None:
    response = post(http, path, {})

    assert response.status_code == 404
    assert response.json() == {
        "status": "ERROR",
        "responseObject": {"code": "ERROR_NOT_FOUND", "message": "Resource not found."},
    }


WRONG_TYPES: list[tuple[str, str, Any]] = [
    ("application/create", "applicationId", ["a"]),
    ("application/version/support", "applicationVersionId", {}),
    ("activation/init", "userId", [12]),
    ("activation/init", "protocol", "POWERAUTH"),
    ("activation/init", "protocol", "smoke"),
    ("activation/init", "activationOtpValidation", "on_commit"),
    ("activation/init", "activationOtpValidation", "SOMETIMES"),
    ("activation/init", "activationOtpValidation", 1),
    ("activation/init", "activationOtpValidation", ["NONE"]),
    ("activation/init", "commitPhase", "NONE"),
    ("activation/init", "commitPhase", ""),
    ("activation/init", "maxFailureCount", "five"),
    ("activation/init", "maxFailureCount", "5.0"),
    ("activation/init", "maxFailureCount", 5.5),
    ("activation/init", "maxFailureCount", True),
    ("activation/init", "maxFailureCount", 10**30),
    ("activation/init", "activationOtp", {"a": 123456}),
    ("activation/init", "flags", "A"),
    ("activation/init", "flags", [[1]]),
    ("activation/init", "flags", {"A": "B"}),
    ("activation/init", "timestampActivationExpire", "tomorrow"),
    ("activation/init", "timestampActivationExpire", "2024-10-24"),
    ("activation/init", "timestampActivationExpire", "2024-10-24T07:25:28.123"),
    ("activation/init", "timestampActivationExpire", "2024-10-24 07:25:28Z"),
    ("activation/init", "timestampActivationExpire", "2024-13-24T07:25:28Z"),
    ("activation/init", "timestampActivationExpire", "2024-10-24T07:25:61Z"),
    ("activation/init", "timestampActivationExpire", "0001-01-01T00:00:00+14:00"),
    ("activation/init", "timestampActivationExpire", "2024-10-24T07:25:28+99:00"),
    ("activation/init", "timestampActivationExpire", "٢٠٢٤-10-24T07:25:28Z"),
    ("activation/init", "timestampActivationExpire", 1.5),
    ("activation/init", "timestampActivationExpire", True),
    ("activation/init", "timestampActivationExpire", [1]),
    ("activation/remove", "revokeRecoveryCodes", "yes"),
    ("activation/remove", "revokeRecoveryCodes", 1.5),
    ("activation/status", "challenge", [1]),
    ("activation/list", "activationStatuses", ["Active"]),
    ("activation/list", "activationStatuses", "ACTIVE"),
    ("activation/list", "activationStatuses", [3]),
    ("activation/list", "protocols", ["PowerAuth"]),
    ("activation/list", "pageNumber", "first"),
    ("activation/list", "pageSize", 1.5),
    ("activation/flags/create", "activationFlags", "A"),
    ("activation/flags/create", "activationFlags", [["A"]]),
]


@pytest.mark.parametrize(("path", "name", "value"), WRONG_TYPES)
def test_wrong_type_is_malformed(
    http: requests.Session, bank: Bank, path: str, name: str, value: Any
) -> None:
    members = {"userId": "alice", "applicationId": bank.application.id, "activationId": NIL}

    assert refused(http, path, **{**members, name: value}) == "ERROR_HTTP_REQUEST"
    assert not Activation.objects.exists()


def test_time_arrives_as_text_and_as_number(http: requests.Session, bank: Bank) -> None:
    end = datetime(2124, 10, 24, 7, 25, 28, 123_000, UTC)
    for sent in (4885428328123, "2124-10-24T09:25:28.123+02:00"):
        members = {"userId": "alice", "applicationId": bank.application.id}
        ok(http, "activation/init", **members, timestampActivationExpire=sent)
    assert {one.expires_at for one in Activation.objects.all()} == {end}


def test_earliest_time_a_number_can_mean(http: requests.Session) -> None:
    answer = ok(http, "activation/history", activationId=NIL, timestampFrom=-(2**63))

    assert answer == {"items": []}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 10, 24, 7, 25, 28, 123_999, UTC), "2024-10-24T07:25:28.123+00:00"),
        (datetime(2024, 10, 24, 7, 25, 28, tzinfo=UTC), "2024-10-24T07:25:28.000+00:00"),
        (datetime.fromisoformat("2024-10-24T09:25:28+02:00"), "2024-10-24T07:25:28.000+00:00"),
    ],
)
def test_times_leave_with_milliseconds_and_offset(value: datetime, text: str) -> None:
    assert format_time(value) == text


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("activation/init", "flags", ["A", None]),
        ("activation/flags/create", "activationFlags", [None]),
        ("activation/list", "activationStatuses", [None]),
        ("activation/list", "protocols", [None]),
        ("activation/status", "challenge", "not Base64!"),
        ("activation/status", "challenge", "YQ=="),
    ],
)
def test_unforeseen_value_is_an_invalid_request(
    http: requests.Session, bank: Bank, path: str, name: str, value: object
) -> None:
    members = {"userId": "alice", "applicationId": bank.application.id, "activationId": NIL}

    assert refused(http, path, **{**members, name: value}) == "ERR0024"


def test_defect_is_answered_without_its_text(
    http: requests.Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable() -> list[Application]:
        raise OperationalError("the secret name of a host")

    monkeypatch.setattr(applications, "every", unreachable)
    with caplog.at_level(logging.ERROR):
        response = post(http, "application/list", {})

    message = "Unknown error occurred."
    assert (response.status_code, json.loads(response.text)["responseObject"]) == (
        500,
        {"code": "ERR0000", "message": message, "localizedMessage": message},
    )
    assert "unexpected failure in ListView" in caplog.text


def test_body_over_the_limit(http: requests.Session) -> None:
    response = post(http, "application/create", {"applicationId": "a" * 2_000_000})

    assert (response.status_code, response.json()["status"]) == (413, "ERROR")
