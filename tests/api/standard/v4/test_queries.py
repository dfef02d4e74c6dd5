"""What endpoints of protocol 4.0 may ask of the database: the budgets of statements."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from powerauth.phone.phone import Phone
from powerauth.protocol.v4.suites import SUITES
from tests.api.standard.test_queries import statements
from tests.api.standard.wire import WRONG_PIN
from tests.bank import PIN, Bank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def cost(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(statements(captured))


@pytest.mark.parametrize("suite", [suite.name for suite in SUITES])
def test_budgets(bank: Bank, suite: str) -> None:
    phone: Phone = bank.phone("alice", version="4.0", suite=suite)
    phone.status()  # has a temporary key from now on
    found = {
        "validate": cost(lambda: phone.validate_signature(pin=PIN)),
        "wrong code": cost(lambda: phone.validate_signature(pin=WRONG_PIN)),
        "status": cost(phone.status),
        "user info": cost(phone.user_info),
        "new PIN": cost(lambda: phone.change_pin(PIN, "4321")),
        "biometry off": cost(phone.remove_biometry),
        "biometry on": cost(lambda: phone.add_biometry("4321")),
        "token": cost(lambda: phone.create_token(pin="4321")),
        "vault": cost(lambda: phone.unlock_vault("4321")),
        "server status": cost(phone.server_status),
    }
    assert found == {
        "validate": 2,
        "wrong code": 2,
        "status": 5,
        "user info": 4,
        # The agreement, and the code that proves the new key.
        "new PIN": 9 + 2,
        "biometry off": 5,
        "biometry on": 9 + 2,
        "token": 7,
        "vault": 6,
        "server status": 0,
    }
