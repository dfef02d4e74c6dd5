"""A server that has generation 4, and a phone of each suite."""

import pytest

from powerauth.engine.applications import master_keys
from powerauth.engine.generations import choice, four
from powerauth.protocol.v4.suites import EC_P384, available_suites
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, new_phone


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "GENERATIONS", {3: choice.THREE, 4: four.GENERATION})
    monkeypatch.setattr(choice, "SERVED", frozenset({3, 4}))


@pytest.fixture
def bank4(bank: Bank) -> Bank:
    """A bank whose application has master keys of every algorithm."""
    master_keys.complete(bank.application)
    return bank


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def each_phone(bank4: Bank, request: pytest.FixtureRequest) -> Phone4:
    """A phone of each suite, with an ACTIVE activation."""
    phone = new_phone(bank4.application, request.param)
    phone.activate(phone.begin())
    return phone


@pytest.fixture
def phone(bank4: Bank) -> Phone4:
    """A phone of the smallest suite, with an ACTIVE activation."""
    phone = new_phone(bank4.application, EC_P384)
    phone.activate(phone.begin())
    return phone
