"""From a call of the bank to the providers: a server, workers and real sockets between."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from operations.models import Operation, OperationTemplate
from powerauth.phone.phone import Phone
from push.credentials.trial import try_with
from push.models import DeliveryState, PushDelivery
from push.stand_in import accounts, server
from push.stand_in.faults import Behaviour, Kind
from push.stand_in.screens import Heard, heard
from push.stand_in.server import StandIn
from push.stand_in.values import Provider
from tests.bank import PIN, Bank, make_bank
from tests.callbacks.worker_process import WorkerProcess, eventually, worker_process
from tests.push.outbox.providers import activation, device, end_leases, write
from tests.races.crowd import serving

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
MANY = 300  # devices
BEFORE_THE_KILL = 40  # messages
LATENCY_S = 0.05
# Nothing that hangs is given up while a test runs.
PATIENT = {"PUSH_ATTEMPT_TIMEOUT_S": "60"}
Worker = AbstractContextManager[WorkerProcess]


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandIn]:
    with server.running(StandIn(accounts.make(), tmp_path)) as running:
        yield running


def _worker(stand_in: StandIn) -> Worker:
    return worker_process({**stand_in.environment(), **PATIENT})


def _introduce(stand_in: StandIn, application_id: str) -> None:
    known = stand_in.accounts
    try_with(application_id, (known.apns, known.fcm, known.hms), at=timezone.now())


@pytest.fixture
def bank(stand_in: StandIn) -> Iterator[Bank]:
    """A bank with ringing templates, served by a process of its own."""
    environment = {**stand_in.environment(), "INTEGRATION_AUTH_REQUIRED": "false"}
    with serving(processes=1, settings=environment) as running:
        bank = make_bank(base_url=running.url, new_session=requests.Session)
        texts = {"en": {"title": "Payment", "body": "Look into the app"}}
        OperationTemplate.objects.update(rings=True, push_texts=texts)
        _introduce(stand_in, bank.application.id)
        yield bank


def _reachable_phone(bank: Bank, token: str, provider: Provider) -> Phone:
    phone = bank.phone("alice")
    assert phone.register_push(token, platform=provider).ok
    return phone


def _ask_for_a_decision(bank: Bank, note: str) -> Operation:
    """Let the bank create an operation by HTTP."""
    wanted = {
        "userId": "alice",
        "applications": [bank.application.id],
        "templateName": "payment",
        "parameters": {"amount": "1", "currency": "CZK", "iban": f"CZ{note}"},
    }
    url = f"{bank.base_url}/rest/v3/operation/create"
    answer = requests.post(url, json={"requestObject": wanted}, timeout=60)
    assert answer.ok, answer.text
    return Operation.objects.get(pk=answer.json()["responseObject"]["id"])


def _arrived(stand_in: StandIn, token: str) -> list[Heard]:
    return [heard(each) for each in stand_in.desks.mailbox.look(token=token)]


def _has_arrived(stand_in: StandIn, token: str, times: int = 1) -> bool:
    return len(_arrived(stand_in, token)) == times


def test_an_operation_of_the_bank_rings_at_apple(bank: Bank, stand_in: StandIn) -> None:
    phone, other = "a1" * 32, "b2" * 32
    approving = _reachable_phone(bank, phone, Provider.APNS)
    _reachable_phone(bank, other, Provider.FCM)
    with _worker(stand_in):
        operation = _ask_for_a_decision(bank, "1")
        for token in (phone, other):
            eventually(partial(_has_arrived, stand_in, token), "nothing rings")
        about = {"operationId": str(operation.pk), "operationName": operation.operation_type}
        told = {"messageType": "mtoken.operationInit", **about}
        rung = Heard(title="Payment", body="Look into the app", extras=told)
        assert _arrived(stand_in, phone) == _arrived(stand_in, other) == [rung]
        assert approving.approve(str(operation.pk), operation.data, pin=PIN).ok
        eventually(partial(_has_arrived, stand_in, other, 2), "nobody hears of the decision")
    ended = _arrived(stand_in, other)[1]
    assert ended.silent
    assert ended.extras["mtokenOperationResult"] == "authentication.success"
    (alert,) = stand_in.desks.mailbox.look(token=phone)
    assert alert.headers["apns-push-type"] == "alert"


def test_a_killed_worker_loses_no_message_and_doubles_none(stand_in: StandIn) -> None:
    _introduce(stand_in, "retail")
    stand_in.desks.latency_s = LATENCY_S
    tokens = {activation(number): f"a{number:063x}" for number in range(MANY)}
    for number, token in enumerate(tokens.values()):
        device(number, platform="apns", push_token=token)
    # However slow the test is, the worker is in the middle when it is killed.
    faults = stand_in.desks.faults
    for token in list(tokens.values())[BEFORE_THE_KILL::3]:
        faults.plan(Provider.APNS, Behaviour(kind=Kind.HANG), token=token)
    write()
    with _worker(stand_in) as killed:
        eventually(lambda: stand_in.desks.mailbox.count >= BEFORE_THE_KILL, "nothing is sent")
        killed.end(signal.SIGKILL)
    faults.clear()
    held = PushDelivery.objects.filter(state=DeliveryState.PROCESSING)
    doubtful = {tokens[key] for key in held.values_list("activation_id", flat=True)}
    assert doubtful
    end_leases()
    with _worker(stand_in), _worker(stand_in):
        unsent = PushDelivery.objects.exclude(state=DeliveryState.SENT)
        eventually(lambda: not unsent.exists(), "not all of them are sent")
    sent = Counter(each.token for each in stand_in.desks.mailbox.look())
    assert set(sent) == set(tokens.values())
    assert {token for token, times in sent.items() if times > 1} <= doubtful
    assert max(sent.values()) <= 2


def test_a_provider_that_hangs_slows_neither_others_nor_approvals(
    bank: Bank, stand_in: StandIn
) -> None:
    stand_in.desks.faults.plan(Provider.HMS, Behaviour(kind=Kind.HANG))
    phone = _reachable_phone(bank, "a1" * 32, Provider.APNS)
    _reachable_phone(bank, "c3" * 32, Provider.HMS)
    hanging = PushDelivery.objects.filter(channel__platform="hms")
    with _worker(stand_in):
        for number in range(1, 4):
            operation = _ask_for_a_decision(bank, str(number))
            eventually(partial(_has_arrived, stand_in, "a1" * 32, number), "Apple waits")
            assert phone.approve(str(operation.pk), operation.data, pin=PIN).ok
        eventually(lambda: hanging.filter(attempts__gt=0).exists(), "Huawei was never asked")
        assert set(hanging.values_list("state", flat=True)) <= {
            DeliveryState.PENDING,
            DeliveryState.PROCESSING,
        }
    assert not _arrived(stand_in, "c3" * 32)
