"""A back office with somebody who may do everything."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.office import client_of


@pytest.fixture
def chief(db: None) -> Client:
    return client_of(User.objects.create_superuser("chief"))
