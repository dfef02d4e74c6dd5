"""Phones that speak to the fake server."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from powerauth.phone.phone import Phone
from powerauth.phone.pin import PinKeys
from powerauth.phone.state import USUAL_SUITE, VERSIONS
from tests.phone.fake_server import BASE_URL, NOW_MS, FakeServer

PIN = "1234"

MakePhone = Callable[..., Phone]


@dataclass
class Clock:
    """The phones' own clock; it stands still unless a test moves it."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        """Read the clock."""
        return self.ms


@pytest.fixture
def server() -> FakeServer:
    """A server with one application."""
    return FakeServer()


@pytest.fixture
def clock() -> Clock:
    """The clock of the phones, which agrees with the server's."""
    return Clock()


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Each protocol version."""
    return str(request.param)


@pytest.fixture
def make_phone(server: FakeServer, clock: Clock) -> MakePhone:
    """Make phones of the server; activated ones unless told otherwise."""

    def make(version: str = "3.3", *, suite: str = USUAL_SUITE, activated: bool = True) -> Phone:
        phone = Phone(
            BASE_URL,
            sdk_config=server.config.to_text(),
            version=version,
            suite=suite,
            session=server.session(),
            now=clock,
            pin_keys=PinKeys(),
        )
        if activated:
            phone.activate(server.code, pin=PIN)
        return phone

    return make


@pytest.fixture
def phone(make_phone: MakePhone, version: str) -> Phone:
    """An activated phone of each version."""
    return make_phone(version)
