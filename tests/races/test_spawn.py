"""Simultaneous requests for activation codes, and phones that use one: one wins."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
from pytest_django import DjangoDbBlocker, Settings

from activation.models import SpawnAudit, SpawnOutcome, SpawnRule
from powerauth.engine.applications import application_config
from powerauth.models import ActivationState, ApplicationConfig
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.features.spawn import PATH, RESOURCE_ID
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor
from tests.bank import PIN, Bank, make_bank
from tests.races.crowd import CROWD, Server, serving, together

pytestmark = pytest.mark.postgresql
OTP = "12345678"
REQUESTED = "other"
ORDER = json.dumps({"requestObject": {"applicationId": REQUESTED, "otp": OTP}}).encode()


@pytest.fixture(scope="module")
def spawning_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Four processes that issue activation codes."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("ACTIVATION_SPAWN_ENABLED", "true")
        with serving() as running:
            yield running


@pytest.fixture(params=["threads", "processes"])
def banks(
    request: pytest.FixtureRequest, transactional_db: None, settings: Settings
) -> tuple[Bank, Bank]:
    """Two applications of one bank: users of the first one may activate the second one."""
    settings.ACTIVATION_SPAWN_ENABLED = True
    reached: dict[str, Any] = {}
    if request.param == "processes":
        server: Server = request.getfixturevalue("spawning_server")
        reached = {"base_url": server.url, "new_session": requests.Session}
    return _related(make_bank(**reached), make_bank(**reached))


def _related(source: Bank, destination: Bank) -> tuple[Bank, Bank]:
    SpawnRule.objects.create(
        source_application_id=source.application.id,
        requested_id=REQUESTED,
        destination_application_id=destination.application.id,
    )
    return source, destination


def _post(bank: Bank, body: bytes, header: str) -> int:
    headers = {"Content-Type": "application/json", "X-PowerAuth-Authorization": header}
    url = bank.base_url + PATH
    return bank.new_session().post(url, data=body, headers=headers, timeout=60).status_code


def _plain(phone: Phone) -> bytes:
    return ORDER


def _sealed(phone: Phone) -> bytes:
    request, _ = phone.seal(ORDER, Encryptor.ACTIVATION_GENERIC)
    return json.dumps(request.to_json()).encode()


@pytest.mark.parametrize("version", ["3.1", "3.3", "4.0"])
@pytest.mark.parametrize("body_of", [_plain, _sealed])
def test_one_request_sent_at_once_spawns_once(
    banks: tuple[Bank, Bank], version: str, body_of: Callable[[Phone], bytes]
) -> None:
    source, destination = banks
    phone = source.phone("alice", version=version, max_failed_attempts=255)
    body, header = body_of(phone), phone.sign("POST", RESOURCE_ID, ORDER, pin=PIN)
    statuses = together([partial(_post, source, body, header)] * CROWD)
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 401}
    assert destination.application.activations.count() == 1
    assert SpawnAudit.objects.get().outcome == SpawnOutcome.CREATED


def test_simultaneous_orders_of_many_phones_all_succeed(banks: tuple[Bank, Bank]) -> None:
    source, destination = banks
    phones = [source.phone(f"user-{number}") for number in range(CROWD)]
    tickets = together([partial(phone.spawn, REQUESTED, OTP, pin=PIN) for phone in phones])
    rows = destination.application.activations.all()
    assert {str(row.id): row.user_id for row in rows} == {
        ticket.activation_id: f"user-{number}" for number, ticket in enumerate(tickets)
    }
    assert len({ticket.code for ticket in tickets}) == CROWD
    assert SpawnAudit.objects.filter(outcome=SpawnOutcome.CREATED).count() == CROWD


def test_one_otp_activates_one_phone(banks: tuple[Bank, Bank]) -> None:
    source, destination = banks
    ticket = source.phone("alice").spawn(REQUESTED, OTP, pin=PIN)
    phones = [destination.blank_phone() for _ in range(CROWD)]

    def activate(phone: Phone) -> int:
        try:
            phone.activate(ticket.qr_text, pin=PIN, otp=OTP)
        except PhoneFailure as failure:
            return failure.answer.status
        return 200

    statuses = together([partial(activate, phone) for phone in phones])
    assert sorted(statuses) == [200] + [400] * (CROWD - 1)
    winner = phones[statuses.index(200)]
    assert winner.activation_id == ticket.activation_id
    assert winner.validate_signature(pin=PIN).status == 200
    row = destination.application.activations.get()
    assert (row.state, row.failed_attempts) == (ActivationState.ACTIVE, 0)


def test_simultaneous_configurations_end_with_one_row(transactional_db: None) -> None:
    application = make_bank().application
    together(
        [
            partial(application_config.store, application.id, "oauth2_providers", [number])
            for number in range(CROWD)
        ]
    )
    assert ApplicationConfig.objects.count() == 1
    (value,) = application_config.values_of(application.id, "oauth2_providers")
    assert value in range(CROWD)
