"""Credentials that a stand-in takes."""

import pytest

from push.stand_in import accounts
from push.stand_in.accounts import Accounts


@pytest.fixture(scope="session")
def their_accounts() -> Accounts:
    return accounts.make()
