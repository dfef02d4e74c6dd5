"""The tests of the API in front of another server, where `TEST_POWERAUTH=remote` asks for it."""

import os

import pytest

from tests.remote.in_process import be_in_front

IN_FRONT = os.environ.get("TEST_POWERAUTH") == "remote"


@pytest.fixture(autouse=IN_FRONT)
def _in_front(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What phones ask goes through `/rest/v3`; tests of that API itself need no second server."""
    if IN_FRONT:
        be_in_front(monkeypatch, request.getfixturevalue("settings"))
