"""What a phone of protocol 4.0 may cost beside one of 3.3: the same statements, some more calls.

Budgets as in `test_hot_paths`; phones of 4.0 are those of the largest suite.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest

from powerauth.phone.phone import Phone
from powerauth.phone.requests.signing import TWO_FACTORS
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.v4.suites import available_suites
from tests.bank import PIN, Bank
from tests.house.costs import Cost, Environ, cost_of, insist
from tests.house.sending import sent_by
from tests.house.test_hot_paths import HOT, MOST, Hot

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

LARGEST = available_suites()[-1]


def _asked(act: Callable[[Phone], Any]) -> Hot:
    def requested(bank: Bank, alice: Phone) -> Iterator[Environ]:
        alice.create_token(TWO_FACTORS, PIN)
        alice.temporary_key(Scope.ACTIVATION)
        while True:
            yield sent_by(alice, partial(act, alice))

    return requested


def _cancelled(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        operation = bank.operation("alice")
        yield sent_by(alice, partial(alice.reject, str(operation.id)))


def _keyed(scope: Scope) -> Hot:
    def requested(bank: Bank, alice: Phone) -> Iterator[Environ]:
        while True:
            alice.temporary_keys.clear()
            yield sent_by(alice, partial(alice.temporary_key, scope))

    return requested


def _activated(bank: Bank, alice: Phone) -> Iterator[Environ]:
    for number in count():
        phone = bank.blank_phone(version=alice.version, suite=alice.suite.name)
        phone.temporary_key(Scope.APPLICATION)
        code = bank.code(f"user {number}")
        yield sent_by(phone, partial(phone.activate, code, pin=PIN))


HOT_4: dict[str, Hot] = {
    **{name: HOT[name] for name in ("list", "inbox_list", "authorize")},
    "cancel": _cancelled,
    "validate": _asked(lambda phone: phone.validate_signature(body=b"{}", pin=PIN)),
    "status": _asked(lambda phone: phone.status()),
    "detail": _asked(lambda phone: phone.detail()),
    "key": _keyed(Scope.ACTIVATION),
    "key_of_application": _keyed(Scope.APPLICATION),
    "activate": _activated,
}
MOST_3 = {
    **{name: MOST[name] for name in ("list", "inbox_list", "authorize", "validate", "status")},
    "cancel": Cost(statements=4, round_trips=6, calls=1436),
    "detail": Cost(statements=7, round_trips=7, calls=1427),
    "key": Cost(statements=3, round_trips=3, calls=993),
    "key_of_application": Cost(statements=3, round_trips=3, calls=917),
    "activate": Cost(statements=11, round_trips=13, calls=5275),
}
MOST_4 = {
    "list": Cost(statements=3, round_trips=3, calls=900),
    "inbox_list": Cost(statements=3, round_trips=3, calls=887),
    "authorize": Cost(statements=4, round_trips=4, calls=1476),
    "cancel": Cost(statements=4, round_trips=6, calls=1510),
    "validate": Cost(statements=2, round_trips=2, calls=945),
    "status": Cost(statements=5, round_trips=5, calls=1179),
    "detail": Cost(statements=7, round_trips=7, calls=1408),
    "key": Cost(statements=4, round_trips=4, calls=1247),
    "key_of_application": Cost(statements=4, round_trips=4, calls=1187),
    "activate": Cost(statements=12, round_trips=14, calls=5704),
}
# Statements that 3.3 does without.
FURTHER = {
    # It travels encrypted: version of the application, temporary key, memory of what was used; and
    # it tells whether the application still allows the suite.
    "status": 4,
    # The server's key pairs of an activation are rows of their own, one or two.
    "key": 1,
    "activate": 1,
    # Which suites the application allows; of 3.3 that is asked at the key exchange alone.
    "key_of_application": 1,
}


@pytest.mark.parametrize("name", HOT_4)
@pytest.mark.parametrize(("version", "most"), [("3.3", MOST_3), ("4.0", MOST_4)])
def test_a_hot_request_stays_below_its_budget(
    name: str, version: str, most: dict[str, Cost], bank: Bank
) -> None:
    phone = bank.phone("alice", version=version, suite=LARGEST.name)
    insist(cost_of(HOT_4[name](bank, phone)), most[name])


@pytest.mark.parametrize("name", HOT_4)
def test_no_statement_more_than_3_3_needs_has_no_reason(name: str) -> None:
    three, four, further = MOST_3[name], MOST_4[name], FURTHER.get(name, 0)
    assert four.statements == three.statements + further
    assert four.round_trips == three.round_trips + further
