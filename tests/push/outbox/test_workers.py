"""Commit, rollback, and several workers: no message is lost, none is sent by two."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction
from django.utils import timezone

from push.announced import listen
from push.models import PushDelivery, PushMessage, PushRinging
from push.outbox import claim, writing
from push.outbox.values import Outgoing
from tests.callbacks.receiver import Received, Receiver, Reply, receiving
from tests.callbacks.worker_process import eventually, worker_process
from tests.push.accounts import every_provider
from tests.push.outbox.providers import HELLO, FakeProvider, device, end_leases, write
from tests.push.outbox.test_writing import told
from tests.races.crowd import ROOT, database_url, together

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
WORKER = """
import django
django.setup()
from push.outbox.dispatcher import send_due
while send_due():
    pass
"""
TOKEN = Reply(status=200, body=b'{"access_token": "abc", "expires_in": 3600}')
DELIVERED = Reply(status=200, body=b'{"name": "projects/retail-1/messages/1"}')


@pytest.fixture
def google(transactional_db: None) -> Iterator[Receiver]:
    """Google, for an application that has credentials of it."""
    every_provider("retail")
    with receiving() as running:
        running.respond = lambda request: TOKEN if request.path == "/token" else DELIVERED
        yield running


@contextmanager
def worker(google: Receiver) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker process until nothing is due."""
    url = f"http://127.0.0.1:{google.port}"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "enrollment_server.settings",
        "FCM_URL": url,
        "FCM_TOKEN_URL": f"{url}/token",
    }
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def messages_to(google: Receiver) -> list[Received]:
    return [request for request in google.received if request.path != "/token"]


def tokens_of(google: Receiver) -> Counter[str]:
    return Counter(json.loads(each.body)["message"]["token"] for each in messages_to(google))


def write_for_devices(number: int) -> None:
    for each in range(number):
        device(each)
    write()


def states() -> Counter[str]:
    return Counter(PushDelivery.objects.values_list("state", flat=True))


def test_workers_send_each_message_once(google: Receiver) -> None:
    write_for_devices(150)
    with worker(google) as one, worker(google) as two:
        assert (one.wait(300), two.wait(300)) == (0, 0)
    assert states() == {"sent": 150}
    sent = tokens_of(google)
    assert (len(sent), set(sent.values())) == (150, {1})
    assert set(PushDelivery.objects.values_list("attempts", flat=True)) == {1}


def test_threads_that_start_together_send_each_message_once(transactional_db: None) -> None:
    every_provider("retail")
    write_for_devices(100)
    provider = FakeProvider()
    assert sum(together([provider.run] * 6)) == 100
    assert (len(set(provider.tokens)), len(provider.tokens)) == (100, 100)
    assert states() == {"sent": 100}


def test_a_killed_worker_loses_no_message(google: Receiver) -> None:
    held = threading.Event()
    google.respond = lambda request: (
        TOKEN if request.path == "/token" else Reply(status=200, body=DELIVERED.body, after=held)
    )
    write_for_devices(claim.PER_CHANNEL + 6)
    with worker(google) as process:
        google.wait_for(10)
        process.kill()
        process.wait()
    held.set()
    assert states() == {"processing": claim.PER_CHANNEL, "pending": 6}
    rest = FakeProvider()
    assert rest.run() == 6, "the others are still leased to the dead worker"
    end_leases()
    assert rest.run() == claim.PER_CHANNEL
    assert states() == {"sent": claim.PER_CHANNEL + 6}
    assert len(set(rest.tokens)) == claim.PER_CHANNEL + 6


def test_the_worker_of_a_server_sends_and_ends_in_order(google: Receiver) -> None:
    url = f"http://127.0.0.1:{google.port}"
    with worker_process({"FCM_URL": url, "FCM_TOKEN_URL": f"{url}/token"}) as process:
        write_for_devices(3)
        eventually(lambda: states() == {"sent": 3}, "nothing is sent")
        held = threading.Event()
        google.respond = lambda request: Reply(status=200, body=DELIVERED.body, after=held)
        write()
        google.wait_for(1 + 3 + 3)
        threading.Timer(1, held.set).start()
        status, _ = process.end()
        assert status == 0
    assert states() == {"sent": 6}, "what was on the way is waited for"


def test_nothing_is_sent_before_the_commit(transactional_db: None) -> None:
    every_provider("retail")
    device(1)
    provider = FakeProvider()

    def beside() -> int:
        counts: list[int] = []

        def run() -> None:
            try:
                counts.append(provider.run())
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return counts[0]

    with transaction.atomic():
        writing.write(
            Outgoing(application_ids=["retail"], user_ids=["alice"], source="api", message=HELLO),
            at=timezone.now(),
        )
        assert beside() == 0
    assert beside() == 1


@pytest.mark.races
def test_many_announcements_at_once_ring_so_often(transactional_db: None, settings: object) -> None:
    settings.PUSH_RINGING_PER_MINUTE = 5  # type: ignore[attr-defined]
    every_provider("retail")
    device(1)
    device(2, user="bob")
    at = timezone.now()

    def announce(user: str) -> None:
        with transaction.atomic():
            listen(told(user_id=user), at)

    calls = [lambda user=user: announce(user) for user in ("alice", "bob") for _ in range(8)]
    together(calls)  # type: ignore[arg-type]
    silent = Counter(PushMessage.objects.values_list("user_id", "silent"))
    assert silent == {
        ("alice", False): 5,
        ("alice", True): 3,
        ("bob", False): 5,
        ("bob", True): 3,
    }
    assert set(PushRinging.objects.values_list("rung", flat=True)) == {8}


@pytest.mark.races
def test_announcements_to_the_same_users_do_not_wait_for_each_other_for_ever(
    transactional_db: None,
) -> None:
    every_provider("retail")
    names = [f"user-{number}" for number in range(12)]
    for number, name in enumerate(names):
        device(number, user=name)

    def send(order: list[str]) -> None:
        outgoing = Outgoing(
            application_ids=["retail"],
            user_ids=order,
            source="inbox",
            message=HELLO,
            only_sendable=True,
            limited=True,
        )
        with transaction.atomic():
            writing.write(outgoing, at=timezone.now())

    orders = [names, names[::-1], names[6:] + names[:6], names[::2] + names[1::2]]
    together([lambda order=order: send(order) for order in orders * 2])  # type: ignore[misc]
    assert PushMessage.objects.count() == 12 * 8
