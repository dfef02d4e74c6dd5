"""The same tests against the engine in this process, and against one behind `/rest/v3`."""

from typing import cast

import pytest
from pytest_django.fixtures import Settings

from tests.remote.in_process import be_in_front


@pytest.fixture(params=["embedded", "remote"])
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> list[str]:
    """The calls of the other server; none ever if the engine is in this process."""
    place = cast(str, request.param)
    return be_in_front(monkeypatch, settings) if place == "remote" else []


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """The calls that a server in front makes, in their order."""
    return be_in_front(monkeypatch, settings)
