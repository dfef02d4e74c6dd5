"""Commit, rollback, and several workers: no event is lost, none is sent by two."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, transaction

from powerauth.callbacks import deliver_due
from powerauth.models import CallbackEvent
from tests.bank import PIN, make_bank
from tests.callbacks.events import end_leases, make_callback, make_due, write_event, write_events
from tests.callbacks.receiver import Receiver, Reply
from tests.races.crowd import ROOT, database_url, together

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
WORKER = """
import django
django.setup()
from powerauth.callbacks import deliver_due
while deliver_due():
    pass
"""


class RolledBack(Exception):
    pass


def _beside(action: Callable[[], int]) -> int:
    """Do something in a thread with a connection of its own, and give its result."""
    results: list[int] = []

    def run() -> None:
        try:
            results.append(action())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (result,) = results
    return result


@contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker process until nothing is due."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "enrollment_server.settings",
    }
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_event_is_delivered_after_commit_only(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    with transaction.atomic():
        write_event(callback)
        assert _beside(deliver_due) == 0
    assert _beside(deliver_due) == 1
    assert len(receiver.received) == 1


def test_event_is_not_delivered_after_rollback(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    with pytest.raises(RolledBack), transaction.atomic():
        write_event(callback)
        raise RolledBack
    assert deliver_due() == 0
    assert receiver.received == []


def test_nothing_is_locked_while_a_receiver_answers(receiver: Receiver) -> None:
    held = threading.Event()
    receiver.respond = lambda request: Reply(after=held)
    event = write_event(make_callback(receiver.url))
    worker = threading.Thread(target=_beside, args=(deliver_due,))
    worker.start()
    receiver.wait_for(1)
    with transaction.atomic():
        seen = CallbackEvent.objects.select_for_update(nowait=True).get(pk=event.pk)
    assert (seen.state, seen.attempts) == ("PROCESSING", 1)
    held.set()
    worker.join()
    event.refresh_from_db()
    assert event.state == "COMPLETED"


def test_workers_deliver_each_event_once(receiver: Receiver) -> None:
    for _ in range(3):
        write_events(make_callback(receiver.url), 40)
    with _worker() as one, _worker() as two:
        assert (one.wait(300), two.wait(300)) == (0, 0)
    sent = Counter(request.headers["Idempotency-Key"] for request in receiver.received)
    assert len(sent) == 120
    assert set(sent.values()) == {1}
    assert set(CallbackEvent.objects.values_list("state", "attempts")) == {("COMPLETED", 1)}


def test_threads_that_start_together_deliver_each_event_once(receiver: Receiver) -> None:
    write_events(make_callback(receiver.url), 60)
    assert sum(together([lambda: deliver_due()] * 6)) == 60
    # Whatever waits for a second attempt here was refused by the receiver, and is not lost.
    states = Counter(CallbackEvent.objects.values_list("state", "attempts", "last_error"))
    assert states == {("COMPLETED", 1, ""): 60}
    sent = Counter(request.headers["Idempotency-Key"] for request in receiver.received)
    assert (len(sent), set(sent.values())) == (60, {1})


def test_killed_worker_loses_no_event(receiver: Receiver) -> None:
    held = threading.Event()
    receiver.respond = lambda request: Reply(after=held)
    callback = make_callback(receiver.url)
    write_events(callback, 6)
    with _worker() as worker:
        receiver.wait_for(4)
        worker.kill()
        worker.wait()
    held.set()
    states = Counter(CallbackEvent.objects.values_list("state", flat=True))
    assert states == {"PROCESSING": 4, "PENDING": 2}
    assert deliver_due() == 2, "the others are still leased to the dead worker"
    end_leases()
    assert deliver_due() == 4
    assert set(CallbackEvent.objects.values_list("state", flat=True)) == {"COMPLETED"}
    sent = {request.headers["Idempotency-Key"] for request in receiver.received}
    assert sent == {str(key) for key in CallbackEvent.objects.values_list("pk", flat=True)}


def test_single_attempt_is_not_repeated_after_a_crash(receiver: Receiver) -> None:
    held = threading.Event()
    receiver.respond = lambda request: Reply(after=held)
    event = write_event(make_callback(receiver.url, max_attempts=1))
    with _worker() as worker:
        receiver.wait_for(1)
        worker.kill()
        worker.wait()
    held.set()
    end_leases()
    assert deliver_due() == 0
    event.refresh_from_db()
    assert (event.state, event.last_error) == ("FAILED", "the worker ended in mid-delivery")
    assert event.finished_at is not None


def test_approval_does_not_wait_for_a_receiver(receiver: Receiver) -> None:
    held = threading.Event()
    receiver.respond = lambda request: Reply(after=held)
    bank = make_bank()
    callback = make_callback(receiver.url, application=bank.application, attributes=["status"])
    phone = bank.phone("alice")
    operation = bank.operation("alice")
    answer = phone.approve(str(operation.id), operation.data, pin=PIN)
    assert answer.ok
    assert receiver.received == []
    event = CallbackEvent.objects.get(callback=callback)
    assert (event.state, event.payload["status"]) == ("PENDING", "APPROVED")
    held.set()
    make_due()
    assert deliver_due() == 1
    (request,) = receiver.received
    assert request.body == (
        b'{"type":"OPERATION","operationId":"%s","status":"APPROVED"}' % str(operation.id).encode()
    )
