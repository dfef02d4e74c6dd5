"""What reaches no view, or breaks before it: always the JSON envelope, never a page of HTML."""

import json

import pytest
import requests
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from enrollment_server.api.views import server_error
from tests.wsgi import BASE_URL

CONTEXT = "/enrollment-server"
GENERIC = "Unknown error occurred while processing request."
JSON = {"Content-Type": "application/json"}

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def debug(request: pytest.FixtureRequest, settings: Settings) -> bool:
    settings.DEBUG = bool(request.param)
    return bool(request.param)


def refusal(response: requests.Response) -> tuple[int, str]:
    """Give status and code of an error, having checked its form."""
    assert response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert body["status"] == "ERROR"
    assert isinstance(body["responseObject"]["message"], str)
    return response.status_code, body["responseObject"]["code"]


@pytest.mark.parametrize("prefix", ["", CONTEXT])
@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/pa/v3/nothing", "/rest/v3/nothing", "/pa/v3/status/", "/%00"]
)
def test_unknown_path(http: requests.Session, debug: bool, prefix: str, path: str) -> None:
    for method in ("GET", "POST"):
        response = http.request(method, BASE_URL + prefix + path)
        assert refusal(response) == (404, "ERROR_NOT_FOUND")
        assert response.json()["responseObject"]["message"] == "Resource not found."


@pytest.mark.parametrize("path", ["/pa/v3/activation/status", "/rest/v3/application/detail"])
def test_wrong_method(http: requests.Session, debug: bool, path: str) -> None:
    response = http.get(BASE_URL + path)
    assert refusal(response)[0] == 405


@pytest.mark.parametrize("path", ["/pa/v3/activation/status", "/rest/v3/application/detail"])
def test_wrong_content_type(http: requests.Session, debug: bool, path: str) -> None:
    headers = {"Content-Type": "text/xml"}
    response = http.post(BASE_URL + path, data=b"<a/>", headers=headers)
    assert refusal(response)[0] == 415


@pytest.mark.parametrize("path", ["/pa/v3/activation/status", "/rest/v3/application/detail"])
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"text"', b"\xff\xfe", b'{"requestObject":"\\u0000"}']
)
def test_broken_json(http: requests.Session, debug: bool, path: str, body: bytes) -> None:
    response = http.post(BASE_URL + path, data=body, headers=JSON)
    assert refusal(response)[0] == 400


def test_body_too_large(http: requests.Session, debug: bool) -> None:
    body = json.dumps({"requestObject": {"activationId": "x" * 1_100_000}})
    response = http.post(f"{BASE_URL}/pa/v3/activation/status", data=body, headers=JSON)
    assert refusal(response)[0] in (400, 413)


def test_foreign_host(http: requests.Session, debug: bool) -> None:
    response = http.post(f"{BASE_URL}/pa/v3/status", headers={"Host": "evil.example"})
    assert refusal(response) == (400, "INVALID_REQUEST")
    assert "evil" not in response.text


@pytest.mark.parametrize("prefix", ["", CONTEXT])
@pytest.mark.parametrize("probe", ["/livez", "/readyz"])
def test_probes_answer_to_any_host(http: requests.Session, prefix: str, probe: str) -> None:
    response = http.get(BASE_URL + prefix + probe, headers={"Host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert int(response.headers["Content-Length"]) == len(response.content)


def test_defect_outside_of_a_view(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert json.loads(response.content)["responseObject"] == {
        "code": "ERROR_GENERIC",
        "message": GENERIC,
    }


def test_answers_are_not_sniffed_framed_or_referred(http: requests.Session) -> None:
    headers = http.post(f"{BASE_URL}/pa/v3/status", json={}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_and_admin_work_below_the_context(http: requests.Session) -> None:
    response = http.get(f"{BASE_URL}{CONTEXT}/admin/", allow_redirects=False)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{CONTEXT}/admin/login/")
    assert http.get(f"{BASE_URL}/admin/login/").status_code == 200
