"""An application with credentials of every provider, and a provider within the process."""

import pytest

from push.models import PushAppCredentials
from tests.push.accounts import every_provider
from tests.push.outbox.providers import FakeProvider


@pytest.fixture
def row(transactional_db: None) -> PushAppCredentials:
    return every_provider("retail")


@pytest.fixture
def provider(row: PushAppCredentials) -> FakeProvider:
    return FakeProvider()
