"""Methods, media types, paths and switches of the mobile operation endpoints."""

import pytest
import requests
from pytest_django import Settings

from powerauth.phone.phone import Phone
from tests.api.operations.calls import BASE, by_token, error
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

ENDPOINTS = ["list", "detail", "detail/claim", "history", "authorize", "cancel"]
UNEXPECTED = "Unknown error occurred while processing request."
every = pytest.mark.parametrize("action", ENDPOINTS)


@every
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods(db: None, http: requests.Session, action: str, method: str) -> None:
    answer = http.request(method, f"{BASE_URL}{BASE}/{action}")
    assert answer.status_code == 405
    assert answer.json()["responseObject"] == {"code": "ERROR_GENERIC", "message": UNEXPECTED}


@every
def test_trailing_slash_is_unknown_and_no_redirect(
    db: None, http: requests.Session, action: str
) -> None:
    answer = http.post(f"{BASE_URL}{BASE}/{action}/", json={}, allow_redirects=False)
    assert (answer.status_code, answer.json()["responseObject"]["code"]) == (404, "ERROR_NOT_FOUND")


@every
def test_switched_off(alice: Phone, settings: Settings, action: str) -> None:
    settings.OPERATION_API_ENABLED = False
    expected = (404, "ERROR_NOT_FOUND", "Resource not found.")
    assert error(by_token(alice, action, {})) == expected
    assert error(alice.plain_post(f"{BASE}/{action}", {})) == expected


@every
def test_without_authentication(db: None, http: requests.Session, action: str) -> None:
    answer = http.post(f"{BASE_URL}{BASE}/{action}", json={"requestObject": {"id": "x"}})
    assert answer.status_code == 401
    assert answer.json() == {
        "status": "ERROR",
        "responseObject": {"code": "POWERAUTH_AUTH_FAIL", "message": "Authentication failed"},
    }


def test_other_media_types(alice: Phone) -> None:
    answer = by_token(alice, "detail", b"id=1", Content_Type="application/x-www-form-urlencoded")
    assert error(answer) == (415, "ERROR_GENERIC", UNEXPECTED)
    answer = by_token(alice, "list", b"{}", Content_Type="application/json; charset=utf-8")
    assert answer.payload == []


def test_context_path(bank: Bank) -> None:
    phone = bank.blank_phone()
    phone.activate(bank.code("alice", commit_phase="ON_KEY_EXCHANGE"), pin=PIN)
    answer = phone.token_post(f"/enrollment-server{BASE}/list", {})
    assert answer.payload == []


def test_body_beyond_measure_is_refused_unread(alice: Phone, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = by_token(alice, "list", b" " * 1001)
    assert error(answer) == (413, "ERROR_GENERIC", UNEXPECTED)
