"""The tests of the API with another server that has something, where the environment asks for it.

`TEST_POWERAUTH=remote` puts the engine there, `TEST_PUSH=remote` devices and messages.
"""

import os

import pytest

from tests.remote.in_process import be_in_front, be_in_front_of_push

IN_FRONT = os.environ.get("TEST_POWERAUTH") == "remote"
IN_FRONT_OF_PUSH = os.environ.get("TEST_PUSH") == "remote"


@pytest.fixture(autouse=IN_FRONT or IN_FRONT_OF_PUSH)
def _in_front(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What phones ask goes to the other server; tests of its own API need no second one."""
    if IN_FRONT:
        be_in_front(monkeypatch, request.getfixturevalue("settings"))
    if IN_FRONT_OF_PUSH:
        settings = request.getfixturevalue("settings")
        be_in_front_of_push(monkeypatch, settings)
        # Else the environment that an app names stays here: tests/remote has both vocabularies.
        settings.PUSH_SERVICE_VOCABULARY = "1.10"
