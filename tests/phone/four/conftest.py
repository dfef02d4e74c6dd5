"""Phones of protocol 4.0."""

import pytest

from powerauth.phone.phone import Phone
from powerauth.protocol.v4.suites import available_suites
from tests.phone.conftest import MakePhone

SUITES = [suite.name for suite in available_suites()]


@pytest.fixture(params=SUITES)
def suite(request: pytest.FixtureRequest) -> str:
    """Each suite."""
    return str(request.param)


@pytest.fixture
def phone(make_phone: MakePhone) -> Phone:
    """An activated phone of the smallest suite."""
    return make_phone("4.0", suite="EC_P384")
