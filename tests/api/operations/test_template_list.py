"""`GET /api/admin/template`: mobile-token-api.md 11.2."""

from base64 import b64encode

import pytest
import requests
from django.conf import settings as configuration
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from pytest_django import Settings

from enrollment_server import settings as defaults
from operations.models import FormTemplate
from tests.wsgi import BASE_URL

URL = f"{BASE_URL}/api/admin/template"
REFUSED = {
    "status": "ERROR",
    "responseObject": {"code": "ERR_AUTHENTICATION", "message": "Authentication failed"},
}
STAFF = ("clerk", "s3cret-pässword")


@pytest.fixture(autouse=True)
def enabled(settings: Settings) -> None:
    settings.ADMIN_API_ENABLED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clerk(db: None) -> User:
    """A person from the staff, without any further permission."""
    return User.objects.create_user(STAFF[0], password=STAFF[1], is_staff=True)


def template(placeholder: str, language: str = "en", **columns: str) -> FormTemplate:
    values = {"title": "T", "message": "M", **columns}
    return FormTemplate.objects.create(placeholder=placeholder, language=language, **values)


def basic(user: str = STAFF[0], password: str = STAFF[1]) -> dict[str, str]:
    """Give the header of HTTP Basic."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def listed(http: requests.Session) -> requests.Response:
    return http.get(URL, headers=basic())


def test_the_whole_answer(clerk: User, http: requests.Session) -> None:
    template(
        "payment",
        title="Payment of ${amount}",
        message="Confirm ${what}",
        attributes='[{"id":"a","type":"AMOUNT","params":{"amount":"amount"}}]',
        result_texts='{"success":"Paid ${amount}"}',
        ui='{"flipButtons":true}',
    )
    template("login", "cs", title="Přihlášení", message="")
    template("login", "en")
    answer = listed(http)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert (
        answer.content
        == (
            '{"status":"OK","responseObject":['
            '{"name":"login","title":"Přihlášení","message":"","language":"cs"},'
            '{"name":"login","title":"T","message":"M","language":"en"},'
            '{"name":"payment","title":"Payment of ${amount}","message":"Confirm ${what}",'
            '"attributes":[{"id":"a","type":"AMOUNT","params":{"amount":"amount"}}],'
            '"language":"en","resultTexts":{"success":"Paid ${amount}"}}'
            "]}"
        ).encode()
    )


def test_no_templates(clerk: User, http: requests.Session) -> None:
    assert listed(http).content == b'{"status":"OK","responseObject":[]}'


@pytest.mark.parametrize("text", ["[", "{}", "null", "5", '"x"', "[${list}]", "[" * 100, "[NaN]"])
def test_attributes_that_cannot_be_read(clerk: User, http: requests.Session, text: str) -> None:
    template("payment", attributes=text)
    (members,) = listed(http).json()["responseObject"]
    assert members["attributes"] == []
    assert "resultTexts" not in members


@pytest.mark.parametrize("text", ["{", "[]", "null", '"x"', "{${a}}"])
def test_result_texts_that_cannot_be_read(clerk: User, http: requests.Session, text: str) -> None:
    template("payment", result_texts=text)
    (members,) = listed(http).json()["responseObject"]
    assert members["resultTexts"] == {}
    assert "attributes" not in members


def test_the_session_of_the_back_office(clerk: User, client: Client) -> None:
    client.force_login(clerk)
    answer = client.get("/api/admin/template")
    assert (answer.status_code, answer.json()) == (200, {"status": "OK", "responseObject": []})


def test_a_session_over_http(clerk: User, http: requests.Session, client: Client) -> None:
    client.force_login(clerk)
    name = configuration.SESSION_COOKIE_NAME
    http.headers["Cookie"] = f"{name}={client.cookies[name].value}"
    assert http.get(URL).status_code == 200
    SessionStore(client.cookies[name].value).flush()
    assert http.get(URL).json() == REFUSED


def refused(answer: requests.Response) -> bool:
    """Tell whether an answer is the one and only refusal."""
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api"'
    return (answer.status_code, answer.json()) == (401, REFUSED)


def test_nobody(db: None, http: requests.Session) -> None:
    assert refused(http.get(URL))


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("clerk", "wrong"),
        ("clerk", ""),
        ("", ""),
        ("somebody", STAFF[1]),
        ("cl\x00erk", STAFF[1]),
        ("clerk", f"{STAFF[1]}\x00"),
    ],
)
def test_wrong_credentials(clerk: User, http: requests.Session, user: str, password: str) -> None:
    assert refused(http.get(URL, headers=basic(user, password)))


@pytest.mark.parametrize("value", ["Basic", "Basic !", "Basic Y2xlcms=", "Bearer x", "Basic a b"])
def test_malformed_header(clerk: User, http: requests.Session, value: str) -> None:
    assert refused(http.get(URL, headers={"Authorization": value}))


@pytest.mark.parametrize("column", ["is_staff", "is_active"])
def test_who_may_not_log_in_to_the_back_office(
    clerk: User, http: requests.Session, client: Client, column: str
) -> None:
    client.force_login(clerk)
    User.objects.update(**{column: False})
    assert refused(listed(http))
    answer = client.get("/api/admin/template")
    assert (answer.status_code, answer.json()) == (401, REFUSED)


def test_it_is_off_by_default(clerk: User, http: requests.Session, settings: Settings) -> None:
    assert defaults.ADMIN_API_ENABLED is False
    settings.ADMIN_API_ENABLED = False
    answer = listed(http)
    assert answer.status_code == 404
    assert answer.json()["responseObject"]["code"] == "ERROR_NOT_FOUND"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(clerk: User, http: requests.Session, method: str) -> None:
    answer = http.request(method, URL, headers=basic())
    assert answer.status_code == 405
    assert answer.json()["responseObject"]["code"] == "ERROR_GENERIC"
