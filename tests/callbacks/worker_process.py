"""A worker in a process of its own, on the database of the running test."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.races.crowd import ROOT, database_url

PATIENCE_S = 60


class WorkerProcess:
    """A running process, with the lines that it has written so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def has_said(self, text: str) -> int:
        return sum(text in line for line in self.lines)

    def has_begun(self) -> bool:
        """Tell whether it is ready, or has ended before it was."""
        return self.has_said("Worker: ready") > 0 or self.process.poll() is not None

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; give the exit status, and how many seconds the end took."""
        started = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE_S)
        took = time.monotonic() - started
        self._reader.join(PATIENCE_S)
        return status, took

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())


@contextmanager
def worker_process(environment: Mapping[str, str], *, script: str = "") -> Iterator[WorkerProcess]:
    """Run `manage.py worker` until the end of the block.

    Args:
        environment: on top of that of this process.
        script: Python to run instead; it has to say `Worker: ready` as well.
    """
    whole = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "enrollment_server.settings",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    program = ["-c", script] if script else ["manage.py", "worker"]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *program],
        cwd=ROOT,
        env=whole,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            worker = WorkerProcess(process)
            eventually(worker.has_begun, "it is not ready")
            assert worker.has_said("Worker: ready"), worker.lines[-20:]
            yield worker
        finally:
            process.kill()


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)
