"""Every feature is on: a feature that is off answers 404 to everything."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def everything_enabled(settings: Settings) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = True
    settings.ADMIN_API_ENABLED = True
