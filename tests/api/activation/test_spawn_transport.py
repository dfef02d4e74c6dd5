"""Methods, paths, media types and the switch of activation codes."""

import json

import pytest
import requests
from pytest_django import Settings

from enrollment_server import settings as defaults
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from tests.api.activation.calls import (
    ORDER,
    PATH,
    RESOURCE_ID,
    Send,
    encrypted,
    nothing_happened,
    plain,
    sealed_order,
)
from tests.api.answers import NOT_FOUND, WRONG_MEDIA_TYPE, WRONG_METHOD, outcome
from tests.api.standard.wire import attempts, to_bytes
from tests.bank import PIN, Bank
from tests.wsgi import BASE_URL

both = pytest.mark.parametrize("send", [plain, encrypted])
pytestmark = pytest.mark.usefixtures("rule")


@both
def test_switched_off(alice: Phone, other_bank: Bank, settings: Settings, send: Send) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = False
    assert outcome(send(alice)) == NOT_FOUND
    assert outcome(alice.server.request("GET", PATH, b"")) == NOT_FOUND
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)


def test_it_is_off_by_default() -> None:
    assert defaults.ACTIVATION_SPAWN_ENABLED is False


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(alice: Phone, other_bank: Bank, method: str) -> None:
    body = to_bytes(sealed_order(alice))
    value = alice.sign(method, RESOURCE_ID, json.dumps(ORDER).encode(), pin=PIN)
    answer = alice.server.request(method, PATH, body, {SIGNATURE_HEADER: value})
    assert outcome(answer) == WRONG_METHOD
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize("path", [f"{PATH}/", f"{PATH}s", "/api/activation", "/api/activation/"])
def test_other_paths(db: None, http: requests.Session, path: str) -> None:
    answer = http.post(f"{BASE_URL}{path}", json=ORDER, allow_redirects=False)
    assert (answer.status_code, answer.json()) == NOT_FOUND


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "x"])
def test_other_media_types(alice: Phone, other_bank: Bank, media_type: str) -> None:
    answer = plain(alice, headers={"Content-Type": media_type})
    assert outcome(answer) == WRONG_MEDIA_TYPE
    assert nothing_happened(other_bank.application)


def test_a_body_beyond_every_need(alice: Phone, other_bank: Bank) -> None:
    answer = plain(alice, b" " * (1024 * 1024 + 1))
    assert (answer.status, answer.code) == (413, "ERROR_GENERIC")
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)
