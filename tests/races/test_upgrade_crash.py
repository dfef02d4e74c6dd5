"""Whatever dies in the middle of an upgrade, the phone goes on by one of both protocols."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connections
from pytest_django import DjangoDbBlocker

from powerauth.models import ActivationHistory, ActivationState, SignatureAudit
from powerauth.protocol.v4.suites import available_suites
from tests.api.standard.v4.moving import WireMoving
from tests.bank import make_bank
from tests.races.crowd import Server, serving

pytestmark = pytest.mark.postgresql
PHONES = 6
TIMES = 4  # that each of them has to move up
KILLS = 6
GIVE_UP_AFTER = 60  # tries
UNDECIDED = (500, 502, 503)
CHANGED = "ACTIVATION_VERSION_CHANGED"


@pytest.fixture
def server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, transactional_db: None
) -> Iterator[Server]:
    """Four processes that offer upgrades."""
    with serving(settings={"POWERAUTH_UPGRADE_VERSION": "4"}) as running:
        yield running


def _persistently(ask: Callable[[], int]) -> int:
    """Ask until the server has decided; a phone makes a new code each time."""
    for _ in range(GIVE_UP_AFTER):
        try:
            status = ask()
        except (requests.RequestException, AssertionError):
            # `start` insists on an answer that it can read.
            status = UNDECIDED[0]
        if status not in UNDECIDED:
            return status
        time.sleep(0.05)
    raise AssertionError("the server does not decide")


def _started(phone: WireMoving) -> int:
    phone.start()
    return 200


def _move_up(phone: WireMoving) -> None:
    """Do as an app does: approve in between, and begin anew where the confirmation is refused."""
    for _ in range(GIVE_UP_AFTER):
        assert _persistently(lambda: phone.old.validate_signature(pin="1234").status) == 200
        assert _persistently(lambda: _started(phone)) == 200
        assert _persistently(lambda: phone.old.validate_signature(pin="1234").status) == 200
        if _persistently(lambda: phone.finish().status) == 200:
            assert _persistently(lambda: phone.new.validate().status) == 200
            return
    raise AssertionError("the phone does not move up")


def test_killed_workers_leave_no_phone_without_a_protocol(server: Server) -> None:
    bank = make_bank(base_url=server.url, new_session=requests.Session)
    suites = available_suites()
    phones = [
        WireMoving.of(bank, suites[number % len(suites)], max_failed_attempts=255)
        for number in range(PHONES * TIMES)
    ]
    running = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        running.wait()
        for _ in range(KILLS):
            time.sleep(0.2)
            killed.append(server.kill_worker())

    def move(some: list[WireMoving]) -> None:
        running.set()
        try:
            for phone in some:
                _move_up(phone)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=PHONES + 1) as pool:
        killer = pool.submit(kill)
        list(pool.map(move, [phones[number::PHONES] for number in range(PHONES)]))
        killer.result()

    assert len(set(killed)) == KILLS
    for phone in phones:
        row = phone.row
        assert (row.state, row.protocol_generation) == (ActivationState.ACTIVE, 4)
        assert (row.algorithm, row.pending_suite) == (phone.new.suite.name, "")
    assert ActivationHistory.objects.filter(event_reason=CHANGED).count() == len(phones)
    accepted = SignatureAudit.objects.filter(valid=True)
    assert accepted.filter(signature_version="4.0", version=3).count() == len(phones)
    assert not accepted.exclude(signature_version="4.0").filter(version=4).exists()
