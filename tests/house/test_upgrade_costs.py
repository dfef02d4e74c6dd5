"""What upgrades cost: a status where they are offered, and each step of one."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from powerauth.phone.phone import Phone
from powerauth.phone.requests.bodies import to_body
from powerauth.protocol.encoding import b64
from powerauth.protocol.v4.suites import EC_P384
from tests.api.standard.v4.moving import CONFIRM, CONFIRM_ID, START, WireMoving
from tests.api.standard.v4.phone import to_bytes
from tests.bank import Bank
from tests.engine.upgrades.moving import POSSESSION
from tests.house.costs import Cost, Environ, cost_of, environ, insist

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

MOST = {
    # One more statement than where nothing is offered: what the application allows.
    "status": Cost(statements=2, round_trips=2, calls=787),
    "start": Cost(statements=11, round_trips=13, calls=3606),
    "confirm": Cost(statements=9, round_trips=11, calls=3142),
}


def _status(bank: Bank, alice: Phone) -> Iterator[Environ]:
    body = to_body({"activationId": alice.activation_id, "challenge": b64(bytes(16))})
    while True:
        yield environ("/pa/v3/activation/status", body)


def _start(bank: Bank, alice: Phone) -> Iterator[Environ]:
    phone = WireMoving.of(bank, EC_P384)
    while True:
        body = to_bytes(phone.sealed().call.request.to_json())
        yield environ(f"/pa/v4{START}", body, **phone.headers(body))


def _confirm(bank: Bank, alice: Phone) -> Iterator[Environ]:
    while True:
        phone = WireMoving.of(bank, EC_P384)
        phone.start()
        headers = phone.new.code_header(CONFIRM_ID, b"", POSSESSION)
        yield environ(f"/pa/v4{CONFIRM}", b"", **headers)


STEPS: dict[str, Callable[[Bank, Phone], Iterator[Environ]]] = {
    "status": _status,
    "start": _start,
    "confirm": _confirm,
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_stays_below_its_budget(
    name: str, bank: Bank, alice: Phone, settings: Settings
) -> None:
    settings.POWERAUTH_UPGRADE_VERSION = 4
    insist(cost_of(STEPS[name](bank, alice)), MOST[name])
