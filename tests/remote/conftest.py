"""The same tests against what is in this process, and against another server that has it."""

from typing import cast

import pytest
from pytest_django.fixtures import Settings

from tests.remote.in_process import be_in_front, be_in_front_of_push

PLACES = ["embedded", "remote"]
COMBINATIONS = [(engine, devices) for devices in PLACES for engine in PLACES]
"""Of where the engine is, and where devices and messages are."""


@pytest.fixture(params=PLACES)
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> list[str]:
    """The calls of the other server; none ever if the engine is in this process."""
    place = cast(str, request.param)
    return be_in_front(monkeypatch, settings) if place == "remote" else []


@pytest.fixture(params=COMBINATIONS, ids=" ".join)
def push_server(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> list[str]:
    """The calls of the other servers; none ever if all is in this process."""
    engine, devices = cast(tuple[str, str], request.param)
    called: list[str] = []
    if engine == "remote":
        called = be_in_front(monkeypatch, settings)
    if devices == "remote":
        called = be_in_front_of_push(monkeypatch, settings)
    return called


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """The calls that a server in front of a PowerAuth Server makes, in their order."""
    return be_in_front(monkeypatch, settings)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """The calls that a server in front of a Push Server makes, in their order."""
    return be_in_front_of_push(monkeypatch, settings)
