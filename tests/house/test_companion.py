"""The worker beside a server: it is started again when it ends, and ends with its server."""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from enrollment_server.demo.own_server import OwnServer, new_session, own_server
from enrollment_server.worker.supervisor import Supervisor

PATIENCE_S = 60


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with new_session() as session:
        yield session


def _eventually(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def _children(pid: int, mark: bytes) -> set[int]:
    """Give the children of a process whose command line has a mark in it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return set()
    return {child for child in map(int, children.split()) if _is(child, mark)}


def _is(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _supervisors(server: OwnServer) -> set[int]:
    return _children(server.process.pid, b"supervisor")


def _workers(server: OwnServer) -> set[int]:
    return {
        worker
        for supervisor in _supervisors(server)
        for worker in _children(supervisor, b"--beside")
    }


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder}/beside.sqlite3",
        "WEB_PROCESSES": "1",
        "WORKER_GRACE_S": "3",
    }


def _root(server: OwnServer) -> str:
    return server.url.removesuffix("/enrollment-server")


def test_a_worker_that_ends_is_started_again(tmp_path: Path, http: requests.Session) -> None:
    with own_server(_environment(tmp_path), arguments=("--no-admin", "--worker")) as server:
        readyz, metrics = f"{_root(server)}/readyz", f"{_root(server)}/metrics"
        up, down = ({"status": "UP", "worker": state} for state in ("UP", "DOWN"))
        _eventually(lambda: bool(http.get(readyz).json() == up), "the worker is not seen")
        (worker,) = _workers(server)
        os.kill(worker, signal.SIGKILL)
        _eventually(lambda: http.get(readyz).json() == down, "its end is not seen")
        assert http.get(readyz).status_code == 200, "phones are served without it"
        _eventually(lambda: http.get(readyz).json() == up, "it is not started again")
        (another,) = _workers(server)
        assert another != worker
        told = "the worker ended with signal SIGKILL; it starts again in 1 s"
        assert sum(told in line for line in server.output) == 1
        shown = http.get(metrics).text
        assert re.search(r"^worker_restarts_total 1.0$", shown, re.MULTILINE)
        assert re.search(r"^worker_up 1.0$", shown, re.MULTILINE)
        _eventually(
            lambda: (
                'worker_job_runs_total{job="callbacks",outcome="done"}' in http.get(metrics).text
            ),
            "the server shows nothing of its worker",
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_worker_and_supervisor_end_with_their_server(tmp_path: Path, number: int) -> None:
    with own_server(_environment(tmp_path), arguments=("--no-admin", "--worker")) as server:
        _eventually(lambda: len(_workers(server)) == 1, "no worker")
        others = _workers(server) | _supervisors(server)
        assert len(others) == 2
        server.process.send_signal(number)
        server.process.wait(PATIENCE_S)
        if number == signal.SIGKILL:  # else its end has waited for theirs
            _eventually(lambda: not any(_is(pid, b"python") for pid in others), "they live on")
        assert not any(_is(pid, b"python") for pid in others)


def test_a_worker_ends_with_its_supervisor(tmp_path: Path, http: requests.Session) -> None:
    with own_server(_environment(tmp_path), arguments=("--no-admin", "--worker")) as server:
        readyz = f"{_root(server)}/readyz"
        _eventually(lambda: http.get(readyz).json().get("worker") == "UP", "no worker")
        (worker,), (supervisor,) = _workers(server), _supervisors(server)
        os.kill(supervisor, signal.SIGKILL)
        _eventually(lambda: not _is(worker, b"--beside"), "the worker lives on")
        down = {"status": "UP", "worker": "DOWN"}
        _eventually(lambda: bool(http.get(readyz).json() == down), "its end is not seen")


def test_a_server_without_a_worker_tells_of_none(tmp_path: Path, http: requests.Session) -> None:
    with own_server(_environment(tmp_path), arguments=("--no-demo", "--migrate")) as server:
        assert http.get(f"{_root(server)}/readyz").json() == {"status": "UP"}
        assert _supervisors(server) == set()


def test_pauses_between_starts_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("enrollment_server.worker.supervisor.FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr("enrollment_server.worker.supervisor.LONGEST_PAUSE_S", 0.3)
    supervisor = Supervisor([sys.executable, "-c", "raise SystemExit(3)"], grace_s=1)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    _eventually(lambda: len(caplog.records) >= 4, "it is not started again")
    supervisor.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    told = [record.message for record in caplog.records][:4]
    assert told == [
        f"the worker ended with status 3; it starts again in {pause} s"
        for pause in (0.1, 0.2, 0.3, 0.3)
    ]


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    command = (
        "import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(deaf)!r}).touch(); signal.pause()"
    )
    supervisor = Supervisor([sys.executable, "-c", command], grace_s=0.5)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    _eventually(deaf.exists, "it does not start")
    supervisor.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert supervisor._child is not None and supervisor._child.returncode == -signal.SIGKILL
