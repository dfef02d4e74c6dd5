"""The worker: every job runs, one that fails or waits holds up no other, and it ends in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from enrollment_server.worker.jobs import JOBS, Job
from enrollment_server.worker.loop import Worker
from tests.house.commands import ROOT, manage

START_S = 60


def _job(run: Callable[[], bool], name: str = "job") -> Job:
    return Job(name=name, period_s=0.01, begin=lambda: nullcontext(run))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands that work on one migrated database."""
    folder = tmp_path_factory.mktemp("worker")
    found = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/worker.sqlite3"}
    assert manage("migrate", environment=found).returncode == 0
    return found


def _eventually(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + START_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def test_jobs_have_names_and_periods() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert names[0] == "callbacks"
    assert all(job.period_s > 0 for job in JOBS)


def test_a_job_that_fails_is_tried_again_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[str] = []

    def failing() -> bool:
        runs.append("failing")
        raise ValueError("away")

    def healthy() -> bool:
        runs.append("healthy")
        return False

    worker = Worker([_job(failing, "failing"), _job(healthy, "healthy")])
    thread = threading.Thread(target=worker.run)
    thread.start()
    _eventually(lambda: min(runs.count("failing"), runs.count("healthy")) >= 3, "jobs run")
    worker.stop()
    thread.join(START_S)

    assert not thread.is_alive()
    assert caplog.text.count("job failed: failing") == 1, "it is told once"


def test_a_job_that_works_again_says_so(caplog: pytest.LogCaptureFixture) -> None:
    outcomes: list[Exception | None] = [ValueError(), ValueError(), KeyError(), None, None]
    stopped: list[Callable[[], None]] = []

    def run() -> bool:
        outcome = outcomes.pop(0)
        if not outcomes:
            stopped[0]()
        if outcome is not None:
            raise outcome
        return False

    worker = Worker([_job(run, "moody")])
    stopped.append(worker.stop)
    assert worker.run()
    assert [record.message for record in caplog.records] == [
        *["job failed: moody"] * 2,
        "job works again: moody",
    ]


def test_a_job_that_cannot_go_on_ends_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> nullcontext[Callable[[], bool]]:
        raise ValueError("no way")

    sound = _job(lambda: False, "sound")
    assert not Worker([sound, Job(name="broken", period_s=1, begin=broken)]).run()
    assert "job cannot go on, so the worker ends: broken" in caplog.text


def test_missing_tables_are_told_of_once(tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        time.sleep(3)  # every job has failed again by then
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0
        assert "the tables are not up to date" in first
        assert process.stderr.read() == ""


def test_a_job_with_more_to_do_runs_again_at_once() -> None:
    left = [3]
    stopped: list[Callable[[], None]] = []

    def run() -> bool:
        left[0] -= 1
        if left[0] == 0:
            stopped[0]()
        return True

    worker = Worker([Job(name="busy", period_s=3600, begin=lambda: nullcontext(run))])
    stopped.append(worker.stop)
    worker.run()
    assert left == [0]


def test_once_does_what_is_due_and_ends(environment: dict[str, str]) -> None:
    done = manage("worker", "--once", environment=environment)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(environment: dict[str, str], number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Worker: ready\n"
        process.send_signal(number)
        assert process.wait(START_S) == 0
