"""The worker beside a server: kept alive by a supervisor, ended with the server, and seen by it.

The processes of one server find each other by variables of their environment, which nobody sets.
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path

from django.conf import settings

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_LOCK = "ENROLLMENT_SERVER_WORKER_LOCK"
_SUPERVISOR = "ENROLLMENT_SERVER_SUPERVISOR"
_LOOK_S = 1.0  # seconds between two looks at the parent
_POLL_S = 0.1
_MARGIN_S = 3.0  # seconds beyond the grace of the worker
_held: list[int] = []


def start(environment: MutableMapping[str, str]) -> None:
    """Start a supervisor with a worker, as children of this process that end with it.

    Args:
        environment: of both; completed for the server that this process is going to be.
    """
    # The metrics of the worker are shown by the server, which removes the folder in the end.
    if METRICS_FOLDER not in environment:
        environment[METRICS_FOLDER] = tempfile.mkdtemp(prefix="enrollment-metrics-")
    environment[_LOCK] = str(Path(environment[METRICS_FOLDER]) / "worker.lock")
    supervisor = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "enrollment_server.worker.supervisor", str(os.getpid())],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
    )
    environment[_SUPERVISOR] = str(supervisor.pid)


def end(environment: Mapping[str, str]) -> None:
    """End the supervisor and the worker that `start` has started, if any, and wait for them."""
    pid = int(environment.get(_SUPERVISOR, 0))
    if not pid:
        return
    until = time.monotonic() + settings.WORKER_GRACE_S + _MARGIN_S
    try:
        os.kill(pid, signal.SIGTERM)
        while os.waitpid(pid, os.WNOHANG) == (0, 0) and time.monotonic() < until:
            time.sleep(_POLL_S)
    except (ProcessLookupError, ChildProcessError):
        return  # it has ended before


def follow(parent: int, stop: Callable[[], None]) -> None:
    """Call `stop` once `parent` is not the parent of this process any more."""

    def look() -> None:
        # Another process adopts the children of one that ended, however it ended.
        while os.getppid() == parent:
            threading.Event().wait(_LOOK_S)
        stop()

    threading.Thread(target=look, daemon=True).start()


def show_life() -> None:
    """Hold, in the worker, the lock by which the server sees that it lives, until it ends."""
    path = os.environ.get(_LOCK)
    if path:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _held.append(descriptor)


def worker_lives() -> bool | None:
    """Tell, in the server, whether its worker lives; None for a server without one."""
    path = os.environ.get(_LOCK)
    if not path:
        return None
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
