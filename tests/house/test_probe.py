"""The worker's own port, and the health check of the container that fits server and worker."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone
from pytest_django.fixtures import Settings

from enrollment_server.demo.own_server import new_session, own_server
from enrollment_server.serving.listening import listen
from enrollment_server.worker import figures
from enrollment_server.worker.jobs import Job
from enrollment_server.worker.loop import Worker
from enrollment_server.worker.probe import AT_ONCE, ProbeServer
from powerauth.callbacks import deliver_due
from powerauth.models import Callback, CallbackEvent
from tests.callbacks.events import make_callback, write_events
from tests.callbacks.receiver import Receiver, receiving
from tests.house.commands import ROOT, manage

PATIENCE_S = 60


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


class Told:
    """A worker that is as it is told to be."""

    def __init__(self) -> None:
        self.alive = self.ready = True

    def is_alive(self) -> bool:
        return self.alive

    def is_ready(self) -> bool:
        return self.ready


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def url(told: Told) -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    server = ProbeServer(listener, told)
    server.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.shutdown()
    server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    environment: Mapping[str, str], *arguments: str, ready: str
) -> Iterator["subprocess.Popen[str]"]:
    """Run a command of manage.py until the end of the block."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert any(ready in line for line in running.stdout or ()), "it does not start"
            yield running
        finally:
            running.kill()


def healthcheck(environment: Mapping[str, str]) -> tuple[int, str]:
    """Run what the container runs; give status and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "enrollment_server.serving.healthcheck"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def test_probes_tell_how_the_worker_is(url: str, told: Told, http: requests.Session) -> None:
    for path, member in (("/livez", "alive"), ("/readyz", "ready")):
        for up in (False, True):
            setattr(told, member, up)
            answer = http.get(f"{url}{path}")
            assert (answer.status_code, answer.json()) == (
                (200, {"status": "UP"}) if up else (503, {"status": "DOWN"})
            )
    assert http.get(f"{url}/").status_code == 404


def test_metrics_are_for_whom_the_setting_names(
    url: str, http: requests.Session, settings: Settings
) -> None:
    assert "worker_job_runs" in http.get(f"{url}/metrics").text
    settings.METRICS_ALLOWED = ["192.0.2.0/24"]
    assert http.get(f"{url}/metrics").status_code == 404
    assert http.get(f"{url}/livez").status_code == 200


def test_clients_that_say_nothing_use_up_a_few_threads_only(url: str) -> None:
    port = int(url.rpartition(":")[2])
    before = threading.active_count()
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 * AT_ONCE)]
    try:
        for one in silent[AT_ONCE:]:
            one.settimeout(PATIENCE_S)
            assert one.recv(1) == b"", "there is no room for it"
        assert threading.active_count() - before <= AT_ONCE
    finally:
        for one in silent:
            one.close()


def test_a_worker_is_alive_while_its_runs_end_and_ready_once_one_was_done() -> None:
    inside, leave = threading.Event(), threading.Event()

    def run() -> bool:
        inside.set()
        leave.wait(PATIENCE_S)
        return False

    begin = lambda: nullcontext(run)  # noqa: E731
    worker = Worker([Job(name="slow", period_s=3600, begin=begin, longest_s=0.0)])
    assert (worker.is_alive(), worker.is_ready()) == (True, False)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert inside.wait(PATIENCE_S)
    assert (worker.is_alive(), worker.is_ready()) == (False, False)
    leave.set()
    for _ in range(1000):
        if worker.is_ready():
            break
        threading.Event().wait(0.02)
    assert (worker.is_alive(), worker.is_ready()) == (True, True)
    worker.stop()
    thread.join(PATIENCE_S)
    assert not worker.is_ready(), "it has ended"


@pytest.mark.django_db
def test_the_queue_is_shown(receiver: Receiver) -> None:
    at = timezone.now()
    figures.measure(at=at)
    assert (figures.WAITING._value.get(), figures.OLDEST_S._value.get()) == (0, 0)
    write_events(make_callback(receiver.url), 3)
    CallbackEvent.objects.update(created_at=at - timedelta(seconds=90))
    write_events(disabled := make_callback(receiver.url), 2)
    Callback.objects.filter(pk=disabled.pk).update(enabled=False)
    CallbackEvent.objects.filter(callback=disabled).update(created_at=at - timedelta(days=1))
    figures.measure(at=at)
    assert (figures.WAITING._value.get(), figures.OLDEST_S._value.get()) == (3, 90)
    one = CallbackEvent.objects.exclude(callback=disabled)[0]
    lease = at + timedelta(seconds=60)
    CallbackEvent.objects.filter(pk=one.pk).update(state="PROCESSING", lease_until=lease)
    figures.measure(at=at)
    assert figures.WAITING._value.get() == 3, "what is on the way has not arrived"
    assert deliver_due() == 2
    figures.measure(at=at)
    assert figures.WAITING._value.get() == 1


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("probe")
    environment = {"DATABASE_URL": f"sqlite:///{folder}/probe.sqlite3", "WEB_PROCESSES": "1"}
    assert manage("migrate", environment=environment).returncode == 0
    return environment


def test_worker_answers_on_its_port_and_the_health_check_asks_there(
    migrated: dict[str, str], http: requests.Session
) -> None:
    port = free_port()
    environment = {**migrated, "PORT": str(free_port()), "WORKER_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    with process(environment, "worker", ready=f"answers on {url}") as worker:
        for _ in range(600):
            if http.get(f"{url}/readyz").status_code == 200:
                break
            threading.Event().wait(0.1)
        assert healthcheck(environment) == (0, "")
        assert http.get(f"{url}/livez").json() == {"status": "UP"}
        shown = http.get(f"{url}/metrics").text
        for line in (
            r"callback_events_waiting 0\.0",
            r"callback_oldest_event_seconds 0\.0",
            r"callback_threads_hanging 0\.0",
            r'worker_job_runs_total\{job="callbacks",outcome="done"\} \d+\.0',
            r'worker_job_last_done_timestamp_seconds\{job="used values"\} 1\.\d+e\+09',
        ):
            assert re.search(f"^{line}$", shown, re.MULTILINE), line
        worker.send_signal(signal.SIGSTOP)
        status, said = healthcheck(environment)
        assert (status, said) == (1, f"{url}/readyz: TimeoutError")
        worker.send_signal(signal.SIGCONT)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
    status, said = healthcheck(environment)
    server = f"http://127.0.0.1:{environment['PORT']}/readyz"
    assert (status, said) == (1, f"Nothing answers on {server} or {url}/readyz.")


def test_health_check_asks_a_server_and_for_its_worker(
    migrated: dict[str, str], http: requests.Session
) -> None:
    environment = {**migrated, "PORT": str(free_port()), "WORKER_PORT": "-1"}
    with own_server(environment, arguments=("--no-demo", "--worker")) as server:
        root = server.url.removesuffix("/enrollment-server")
        for _ in range(600):
            if http.get(f"{root}/readyz").json().get("worker") == "UP":
                break
            threading.Event().wait(0.1)
        assert healthcheck(environment) == (0, "")
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        for child in map(int, children.read_text().split()):
            if b"supervisor" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        for _ in range(600):
            if http.get(f"{root}/readyz").json().get("worker") == "DOWN":
                break
            threading.Event().wait(0.1)
        assert healthcheck(environment) == (1, f"{root}/readyz: its worker does not run")


def test_health_check_says_that_a_server_is_not_ready(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "WEB_PROCESSES": "1",
        "PORT": str(free_port()),
    }
    with own_server(environment, arguments=("--no-demo",)) as server:
        root = server.url.removesuffix("/enrollment-server")
        assert healthcheck(environment) == (1, f"{root}/readyz: 503")


def test_health_check_names_a_wrong_setting(migrated: dict[str, str]) -> None:
    status, said = healthcheck({**migrated, "SECRET_KEY": ""})
    assert (status, said) == (1, "SECRET_KEY is not set: give it 50 random characters.")


def test_a_taken_port_of_the_worker_is_a_clear_error(migrated: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = manage("worker", environment={**migrated, "WORKER_PORT": str(port)})
    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "Set WORKER_PORT to a free port." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_worker_without_a_port_listens_nowhere(migrated: dict[str, str]) -> None:
    with process({**migrated, "WORKER_PORT": ""}, "worker", ready="Worker: ready") as worker:
        listening = subprocess.run(  # noqa: S603
            [sys.executable, "-c", LISTENING, str(worker.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert listening.stdout.strip() == "0"


LISTENING = """
import os, sys
from pathlib import Path
held = set()
for entry in Path(f"/proc/{sys.argv[1]}/fd").iterdir():
    target = os.readlink(entry)
    if target.startswith("socket:["):
        held.add(target[8:-1])
rows = [
    line.split()
    for name in ("tcp", "tcp6")
    for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
]
print(sum(row[3] == "0A" and row[9] in held for row in rows))
"""


def test_image_checks_its_health_by_the_command() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert 'CMD ["python", "-m", "enrollment_server.serving.healthcheck"]' in dockerfile
    assert "WORKER_PORT=8001" in dockerfile
