"""Many at once: threads that start together, and a server of several processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Event
from typing import TypeVar, cast
from urllib.parse import quote

import requests
from django.db import connection, connections, transaction

R = TypeVar("R")
ROOT = Path(__file__).resolve().parent.parent.parent
CROWD = 16
SURVIVORS = 1  # workers that a killing leaves


def together(actions: list[Callable[[], R]]) -> list[R]:
    """Run all actions at the same moment, each in a thread with a connection of its own."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], R]) -> R:
        try:
            barrier.wait(timeout=30)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return list(pool.map(run, actions))


def at_once(call: Callable[[], str], *, times: int) -> list[str]:
    """Make one call many times at the same moment; give what came of it, sorted."""
    return sorted(together([call] * times))


def in_vain(hold: Callable[[], object], call: Callable[[], R]) -> R:
    """Make a call that waits 50 ms for the rows that `hold` has locked; give what came of it."""
    locked, answered = Event(), Event()

    def holding() -> None:
        with transaction.atomic():
            hold()
            locked.set()
            assert answered.wait(timeout=30)

    def calling() -> R:
        assert locked.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            return call()
        finally:
            answered.set()

    actions: list[Callable[[], R | None]] = [holding, calling]
    return cast("R", together(actions)[1])


def in_order(hold: Callable[[], object], actions: Sequence[Callable[[], R]]) -> list[R]:
    """Let actions wait for the rows that `hold` has locked, one after the other, and then go on.

    PostgreSQL serves them in the order in which they came, so each has read what was there before
    all of them, and the first one changes it.
    """

    def run(action: Callable[[], R]) -> R:
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        with transaction.atomic():
            hold()
            running = []
            for action in actions:
                running.append(pool.submit(run, action))
                _await_waiting(len(running))
        return [one.result(timeout=30) for one in running]


def _await_waiting(number: int) -> None:
    """Wait until so many connections to this database wait for a lock."""
    deadline = time.monotonic() + 30
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        while cursor.execute(waiting).fetchone()[0] < number:
            # Within a transaction it shows what it showed first.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            if time.monotonic() > deadline:
                raise RuntimeError("an action does not wait for the rows")
            time.sleep(0.005)


def database_url() -> str:
    """Give the URL of the database that the running test uses."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    socket_folder = dict(database["OPTIONS"]).get("host")
    query = f"?host={quote(str(socket_folder), safe='')}" if socket_folder else ""
    return f"postgres://{user}:{password}@{host}{port}/{database['NAME']}{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server of several worker processes."""

    url: str
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Give the ids of the living worker processes, the children of the master."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split() if _is_alive(int(child))]

    def kill_worker(self) -> int:
        """End one worker process without warning, once others can take over."""
        deadline = time.monotonic() + 30
        while len(workers := self.workers()) < SURVIVORS + 1:
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not replace its workers")
            time.sleep(0.02)
        os.kill(workers[0], signal.SIGKILL)
        return workers[0]

    def kill(self) -> None:
        """End all processes of the server without warning."""
        workers = self.workers()
        self.process.kill()
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        self.process.wait(timeout=30)


def _is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    *,
    processes: int = 4,
    threads: int = 4,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Serve the database of the running test from `processes` processes on a loopback port.

    Args:
        port: a free one by default.
        settings: on top of the environment of this process.
    """
    port = port or free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "enrollment_server.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(processes)),
        *("--threads", str(threads), "--log-level", "critical", "--keep-alive", "75"),
    ]
    environment = {**os.environ, "DATABASE_URL": database_url(), **(settings or {})}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield Server(url=f"http://127.0.0.1:{port}/enrollment-server", process=process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it was ready")
        try:
            if requests.get(f"{url}/readyz", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError("the server was not ready in time")
