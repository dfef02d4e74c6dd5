"""A worker that is told to end has ended within its grace period, whatever hangs in it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from powerauth.callbacks import deliver_due
from powerauth.engine.callbacks.callback_authentication import Authentication, Certificate
from powerauth.models import CallbackEvent
from tests.callbacks.events import make_callback, write_event, write_events
from tests.callbacks.receiver import Receiver, Reply
from tests.callbacks.worker_process import eventually, worker_process

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
GRACE_S = 3
LATE_S = 5  # for a busy machine, beyond the grace
ENVIRONMENT = {"WORKER_GRACE_S": str(GRACE_S)}
# What ALTER DATABASE does, which refuses to do it to the database of its own connection.
ALLOW_CONNECTIONS = "UPDATE pg_database SET datallowconn = %s WHERE datname = current_database()"

NAME_THAT_IS_NEVER_FOUND = """
import os, socket
finding = socket.getaddrinfo
def find(host, *arguments, **options):
    if host == "never.bank.example":
        os.read(os.pipe()[0], 1)
    return finding(host, *arguments, **options)
socket.getaddrinfo = find
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "worker"])
"""
JOB_THAT_NEVER_ENDS = """
import os
from contextlib import nullcontext
import django
django.setup()
from enrollment_server.worker import ending
from enrollment_server.worker.jobs import Job
from enrollment_server.worker.loop import Worker
hang = Job(name="hang", period_s=1, begin=lambda: nullcontext(lambda: os.read(os.pipe()[0], 1)))
worker = Worker([hang], grace_s=ending.job_grace_s())
ending.on_signals(worker.stop)
print("Worker: ready")
ending.leave(0 if worker.run() else 1)
"""
PROCESS_THAT_NEVER_ENDS = """
import threading
import django
django.setup()
from enrollment_server.worker import ending
ending.on_signals(lambda: None)
print("Worker: ready")
threading.Event().wait()
"""


SIGNAL_FOR_ANOTHER_THREAD = """
import signal, threading
from contextlib import nullcontext
import django
django.setup()
from enrollment_server.worker import ending
from enrollment_server.worker.jobs import Job
from enrollment_server.worker.loop import Worker
inside = threading.Event()
hand_on = lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
job = Job(name="job", period_s=60, begin=lambda: nullcontext(lambda: inside.set()))
worker = Worker([job], grace_s=ending.job_grace_s())
ending.on_signals(worker.stop)
def signalled():
    inside.wait()
    print("Worker: ready")
    hand_on()
    threading.Event().wait()
threading.Thread(target=signalled, daemon=True).start()
ending.leave(0 if worker.run() else 1)
"""


@pytest.fixture
def held() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def _states() -> set[tuple[str, bool]]:
    rows = CallbackEvent.objects.values_list("state", "lease_until")
    return {(state, lease is None) for state, lease in rows}


def test_events_on_the_way_are_given_back(receiver: Receiver, held: threading.Event) -> None:
    receiver.respond = lambda request: Reply(after=held)
    write_events(make_callback(receiver.url), 3)
    with worker_process(ENVIRONMENT) as worker:
        receiver.wait_for(3)
        status, took = worker.end()
    assert (status, took < GRACE_S + LATE_S) == (0, True)
    assert worker.has_said("3 callback events are left to other workers") == 1
    assert _states() == {("PENDING", True)}
    held.set()
    assert deliver_due() == 3, "nobody has to wait until a lease ends"


def test_an_answer_within_the_grace_is_waited_for(
    receiver: Receiver, held: threading.Event
) -> None:
    receiver.respond = lambda request: Reply(after=held)
    write_event(make_callback(receiver.url))
    with worker_process({"WORKER_GRACE_S": "60"}) as worker:
        receiver.wait_for(1)
        answering = threading.Timer(0.5, held.set)
        answering.start()
        status, took = worker.end()
        answering.join()
    assert (status, took < 30) == (0, True)
    assert _states() == {("COMPLETED", True)}


def test_a_search_for_a_name_that_never_ends_does_not_hold_up_the_end(
    receiver: Receiver,
) -> None:
    write_event(make_callback("https://never.bank.example/"))
    with worker_process(ENVIRONMENT, script=NAME_THAT_IS_NEVER_FOUND) as worker:
        eventually(lambda: _states() == {("PROCESSING", False)}, "nothing is on the way")
        write_event(make_callback(receiver.url))
        receiver.wait_for(1)
        status, took = worker.end()
    assert (status, took < GRACE_S + LATE_S) == (0, True)
    assert _states() == {("PENDING", True), ("COMPLETED", True)}


def test_a_pipe_as_trust_store_holds_up_nothing(receiver: Receiver, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pem")
    certificate = Certificate(
        enabled=True, use_custom_trust_store=True, trust_store_location=f"{tmp_path}/pipe.pem"
    )
    odd = make_callback(receiver.url, authentication=Authentication(certificate=certificate))
    write_events(odd, 8)
    with worker_process({**ENVIRONMENT, "CALLBACK_FILES_DIR": str(tmp_path)}) as worker:
        write_event(make_callback(receiver.url))
        receiver.wait_for(1)
        eventually(
            lambda: CallbackEvent.objects.filter(callback=odd, attempts__gte=1).exists(),
            "the odd one is not tried",
        )
        status, took = worker.end()
    assert (status, took < GRACE_S + LATE_S) == (0, True)
    reasons = set(CallbackEvent.objects.filter(callback=odd).values_list("last_error", flat=True))
    assert reasons <= {"", "the trust store cannot be used: it is not a regular file"}
    assert len(reasons - {""}) == 1


@pytest.mark.parametrize(
    ("script", "status"), [(JOB_THAT_NEVER_ENDS, 0), (PROCESS_THAT_NEVER_ENDS, 1)]
)
def test_nothing_holds_up_the_end(script: str, status: int) -> None:
    with worker_process(ENVIRONMENT, script=script) as worker:
        ended, took = worker.end()
    assert (ended, took < GRACE_S + LATE_S) == (status, True)
    assert worker.has_said("ended in the middle of: hang") == (1 if status == 0 else 0)


def test_a_signal_that_another_thread_gets_ends_it_too() -> None:
    """The system chooses the thread, as it does after a pause of the process."""
    with worker_process(ENVIRONMENT, script=SIGNAL_FOR_ANOTHER_THREAD) as worker:
        assert worker.process.wait(GRACE_S + LATE_S) == 0


def test_a_lost_database_is_told_of_once_and_when_it_is_back(receiver: Receiver) -> None:
    callback = make_callback(receiver.url)
    with worker_process(ENVIRONMENT) as worker, connection.cursor() as cursor:
        write_event(callback)
        receiver.wait_for(1)
        try:
            cursor.execute(ALLOW_CONNECTIONS, [False])
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            eventually(lambda: worker.has_said("the database cannot be used") > 0, "not noticed")
            write_event(callback)
            quiet = threading.Event()
            assert not quiet.wait(4), "time for each job to fail again"
        finally:
            cursor.execute(ALLOW_CONNECTIONS, [True])
        receiver.wait_for(2)
        eventually(lambda: worker.has_said("can be used again") > 0, "it does not say so")
        assert worker.end()[0] == 0
    assert worker.has_said("the database cannot be used (OperationalError)") == 1
    assert worker.has_said("the database can be used again") == 1
    assert worker.has_said("Traceback") == 0
    assert _states() == {("COMPLETED", True)}
