"""Phones of protocol 4.0 whose back end calls `/rest/v4`."""

import pytest

from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, new_phone


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def each_phone(bank: Bank, request: pytest.FixtureRequest) -> Phone4:
    """A phone of each suite, with an ACTIVE activation that it has not confirmed."""
    phone = new_phone(bank.application, request.param)
    phone.activate(phone.begin())
    return phone


@pytest.fixture
def phone(bank: Bank) -> Phone4:
    """A phone of the smallest suite, with an ACTIVE activation that it has not confirmed."""
    phone = new_phone(bank.application, EC_P384)
    phone.activate(phone.begin())
    return phone
