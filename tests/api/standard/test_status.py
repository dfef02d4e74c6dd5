"""`/pa/v3/status`: standard-rest-api.md 7.14."""

import time
import tomllib
from pathlib import Path

import pytest
import requests

from enrollment_server import VERSION
from tests.wsgi import BASE_URL

URL = f"{BASE_URL}/pa/v3/status"


@pytest.mark.parametrize("body", [b"", b"{}", b"not JSON", b"\xff\x00", b'{"requestObject":null}'])
def test_time_whatever_is_sent(db: None, http: requests.Session, body: bytes) -> None:
    before = time.time_ns() // 1_000_000
    response = http.post(URL, data=body)
    after = time.time_ns() // 1_000_000
    answer = response.json()
    server_time = answer["responseObject"].pop("serverTime")
    assert before <= server_time <= after
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert answer == {
        "status": "OK",
        "responseObject": {"application": {"name": "enrollment-server", "version": VERSION}},
    }


def test_version_is_that_of_the_project() -> None:
    project = Path(__file__).parents[3] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == VERSION
