"""Fixtures of the API tests: Alice and Bob of one bank, Mallory of another application."""

import gc
from collections.abc import Iterator

import pytest
import requests

from powerauth import announcements
from powerauth.announcements import Announcement
from powerauth.phone.phone import Phone
from tests import wsgi
from tests.audit_guard import let_tests_flush
from tests.bank import Bank, make_bank
from tests.marks import longest_first, mark


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark(items)
    longest_first(items)


def pytest_collection_finish() -> None:
    # What was collected stays to the end: walking over it again and again is a tenth of the run.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _flush_with_audit_log() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        let_tests_flush(patch)
        yield


@pytest.fixture
def http() -> requests.Session:
    """A session against the application, for requests that no phone would send."""
    return wsgi.session()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Announcement]:
    """What is announced to phones; nobody delivers it."""
    told: list[Announcement] = []
    monkeypatch.setattr(announcements, "_listeners", [lambda news, at: told.append(news)])
    return told


@pytest.fixture
def bank(db: None) -> Bank:
    return make_bank()


@pytest.fixture
def other_bank(db: None) -> Bank:
    return make_bank()


@pytest.fixture
def alice(bank: Bank) -> Phone:
    return bank.phone("alice")


@pytest.fixture
def bob(bank: Bank) -> Phone:
    return bank.phone("bob")


@pytest.fixture
def mallory(other_bank: Bank) -> Phone:
    """Has a valid activation, for the user id `alice`, but of another application."""
    return other_bank.phone("alice")
