"""Phones of protocol 4.0 that were activated over HTTP."""

import pytest

from powerauth.protocol.v4.suites import EC_P384, Suite, available_suites
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.bank import Bank


def activated(bank: Bank, suite: Suite) -> WirePhone:
    phone = wire_phone(bank.application, suite)
    phone.activate(phone.begin())
    return phone


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def each_phone(bank: Bank, request: pytest.FixtureRequest) -> WirePhone:
    """A phone of each suite, with an ACTIVE activation that it has not confirmed."""
    return activated(bank, request.param)


@pytest.fixture
def phone(bank: Bank) -> WirePhone:
    """A phone of the smallest suite, with an ACTIVE activation that it has not confirmed."""
    return activated(bank, EC_P384)


@pytest.fixture
def other_phone(bank: Bank) -> WirePhone:
    """Another phone of the same application."""
    return activated(bank, EC_P384)
