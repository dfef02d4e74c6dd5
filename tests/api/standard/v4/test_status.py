"""`/pa/v4/status`: protocol-4.md 29."""

import time

import pytest
import requests

from enrollment_server import VERSION
from powerauth.engine.applications import applications
from powerauth.protocol.v4.suites import EC_P384, SUITES
from tests.api.answers import outcome
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.api.standard.v4.wire import MALFORMED, NO_STATUS
from tests.bank import Bank
from tests.engine.generations_four.phone import configure

EVERY = [suite.name for suite in SUITES]


@pytest.fixture
def blank(bank: Bank) -> WirePhone:
    return wire_phone(bank.application, EC_P384)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"requestObject":null}', b'{"requestObject":{"applicationKey":null}}']
)
def test_of_the_server(blank: WirePhone, body: bytes) -> None:
    before = time.time_ns() // 1_000_000
    answer = blank.post("/status", body)
    payload = answer.payload
    assert before <= payload.pop("serverTime") <= time.time_ns() // 1_000_000
    assert (answer.status, payload) == (
        200,
        {
            "application": {"name": "enrollment-server", "version": VERSION},
            "supportedAlgorithms": EVERY,
        },
    )


@pytest.mark.main_path
def test_of_an_application(bank: Bank, blank: WirePhone) -> None:
    asked = {"requestObject": {"applicationKey": blank.version.application_key}}
    assert blank.post("/status", asked).payload["supportedAlgorithms"] == EVERY
    configure(bank.application, "cryptography_algorithms_supported", ["EC_P384_ML_L5"])
    assert blank.post("/status", asked).payload["supportedAlgorithms"] == ["EC_P384_ML_L5"]
    assert blank.post("/status", b"").payload["supportedAlgorithms"] == EVERY


def test_of_no_application(bank: Bank, blank: WirePhone) -> None:
    for key in ("unknown", "A" * 22 + "=="):
        asked = {"requestObject": {"applicationKey": key}}
        assert outcome(blank.post("/status", asked)) == NO_STATUS
    applications.set_supported(bank.application.id, "default", supported=False)
    asked = {"requestObject": {"applicationKey": blank.version.application_key}}
    assert outcome(blank.post("/status", asked)) == NO_STATUS


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[]",
        b'"text"',
        b'{"requestObject":[]}',
        b'{"requestObject":{"applicationKey":{}}}',
    ],
)
def test_malformed_bodies(blank: WirePhone, body: bytes) -> None:
    assert outcome(blank.post("/status", body)) == MALFORMED


def test_without_a_media_type(db: None, http: requests.Session) -> None:
    assert http.post("http://testserver/pa/v4/status").status_code == 200
