"""A stand-in for the providers, and clients that talk to it."""

from collections.abc import Iterator

import pytest

from push.stand_in import accounts
from push.stand_in.accounts import Accounts
from push.stand_in.server import StandIn, running


@pytest.fixture(scope="session")
def their_accounts() -> Accounts:
    return accounts.make()


@pytest.fixture(scope="session")
def _listening(
    their_accounts: Accounts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StandIn]:
    folder = tmp_path_factory.mktemp("stand-in")
    with running(StandIn(their_accounts, folder, streams=50)) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(_listening: StandIn) -> Iterator[StandIn]:
    """Give the stand-in with nothing planned and nothing received."""
    _listening.desks.reset()
    yield _listening
