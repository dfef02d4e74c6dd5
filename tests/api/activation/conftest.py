"""Alice's application may activate the other one, if the bank says so."""

import pytest
from pytest_django import Settings

from activation.models import SpawnRule
from tests.api.activation.calls import REQUESTED
from tests.bank import Bank


@pytest.fixture(autouse=True)
def enabled(settings: Settings) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = True


@pytest.fixture
def rule(bank: Bank, other_bank: Bank) -> SpawnRule:
    """Users of `bank` may activate `other_bank`."""
    return SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id=REQUESTED,
        destination_application_id=other_bank.application.id,
    )
