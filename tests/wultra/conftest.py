"""Fixtures: the old servers in both variants, as they are and to be changed."""

from collections.abc import Iterator

import pytest

from tests.wultra.old_servers import VARIANTS, OldServers, copied, loaded


@pytest.fixture(scope="session")
def _all_old_servers() -> Iterator[dict[str, OldServers]]:
    with loaded("plain") as plain, loaded("encrypted") as encrypted:
        yield {"plain": plain, "encrypted": encrypted}


@pytest.fixture(params=VARIANTS)
def old(request: pytest.FixtureRequest, _all_old_servers: dict[str, OldServers]) -> OldServers:
    """Give the old servers of each variant; a test does not change them."""
    return _all_old_servers[request.param]


@pytest.fixture
def plain(_all_old_servers: dict[str, OldServers]) -> Iterator[OldServers]:
    """Give old servers without encryption that a test may change."""
    with copied(_all_old_servers["plain"]) as copy:
        yield copy


@pytest.fixture
def encrypted(_all_old_servers: dict[str, OldServers]) -> Iterator[OldServers]:
    """Give old servers with encryption that a test may change."""
    with copied(_all_old_servers["encrypted"]) as copy:
        yield copy
