"""A bank for races: either threads in this process, or processes behind a socket."""

from collections.abc import Iterator

import pytest
import requests
from pytest_django import DjangoDbBlocker

from tests.bank import Bank, make_bank
from tests.races.crowd import Server, serving


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Four processes that serve the test database until the end of the run."""
    with django_db_blocker.unblock(), serving() as running:
        yield running


@pytest.fixture(params=["threads", "processes"])
def busy_bank(request: pytest.FixtureRequest, transactional_db: None) -> Bank:
    """The bank under test, served once by threads of this process and once by four processes."""
    if request.param == "threads":
        return make_bank()
    server: Server = request.getfixturevalue("server")
    return make_bank(base_url=server.url, new_session=requests.Session)
