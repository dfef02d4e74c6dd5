"""A bank for races: either threads in this process, or processes behind a socket."""

from collections.abc import Iterator

import pytest
import requests

from tests.bank import Bank, make_bank
from tests.races.crowd import Server, serving


@pytest.fixture(params=["threads", "processes"])
def busy_bank(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Bank]:
    """The bank under test, served once by threads of this process and once by four processes."""
    if request.param == "threads":
        yield make_bank()
        return
    with serving() as server:
        yield make_bank(base_url=server.url, new_session=requests.Session)


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    with serving() as running:
        yield running
