"""A server that offers upgrades, and phones of protocol 3 that can move up."""

import pytest
from pytest_django.fixtures import Settings

from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.bank import Bank
from tests.engine.upgrades.moving import Moving


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def each_phone(bank: Bank, request: pytest.FixtureRequest) -> Moving:
    """A phone that can move up, to each suite."""
    return Moving.of(bank, request.param)


@pytest.fixture
def phone(bank: Bank) -> Moving:
    """A phone that can move up, to the smallest suite."""
    return Moving.of(bank, EC_P384)
