"""Keeping the worker beside a server alive; a process of its own that `companion` starts."""

import logging
import logging.config
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from django.conf import settings
from prometheus_client import Counter, Gauge

from enrollment_server.worker import companion

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STABLE_S = 60.0  # seconds after which a worker counts as one that works
LOOK_S = 0.25  # seconds between two looks at the command and whether to stop
KILL_S = 1.0  # seconds beyond its grace after which a worker is killed
UP = Gauge(
    "worker_up", "Whether the worker beside this server runs", multiprocess_mode="mostrecent"
)
RESTARTS = Counter("worker_restarts", "How often the worker beside this server was started again")
logger = logging.getLogger(__name__)


class Supervisor:
    """Runs a command again and again, with growing pauses while it does not live long.

    Args:
        command: the program and its arguments.
        grace_s: seconds that the command may take to end.
    """

    def __init__(self, command: Sequence[str], *, grace_s: float) -> None:
        self._command = command
        self._grace_s = grace_s
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the command and `run`; may be called from a signal handler."""
        self._stopped.set()
        if self._child is not None:
            self._end(self._child)

    def run(self) -> None:
        """Keep the command running until `stop`."""
        pause_s = FIRST_PAUSE_S
        while not self._stopped.is_set():
            started = time.monotonic()
            status = self._run_once()
            if self._stopped.is_set():
                return
            if time.monotonic() - started > STABLE_S:
                pause_s = FIRST_PAUSE_S
            logger.error(
                "the worker ended with %s; it starts again in %g s", _described(status), pause_s
            )
            if self._wait(pause_s):
                RESTARTS.inc()
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _run_once(self) -> int:
        with subprocess.Popen(self._command, stdin=subprocess.DEVNULL) as child:  # noqa: S603
            self._child = child
            UP.set(1)
            if self._stopped.is_set():  # meanwhile
                self._end(child)
            # Never for long: the system may give a signal to any thread, but this one handles it.
            while (status := child.poll()) is None:
                time.sleep(LOOK_S)
            UP.set(0)
            return status

    def _wait(self, seconds: float) -> bool:
        """Wait, but not after `stop`; tell whether nobody has called it."""
        until = time.monotonic() + seconds
        while not self._stopped.is_set() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_S))
        return not self._stopped.is_set()

    def _end(self, child: "subprocess.Popen[bytes]") -> None:
        child.terminate()
        killer = threading.Timer(self._grace_s + KILL_S, child.kill)
        killer.daemon = True
        killer.start()


def _described(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def main(parent: int) -> None:
    """Keep the worker of a server alive until that has ended.

    Args:
        parent: the process of the server, which has started this one.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enrollment_server.settings")
    logging.config.dictConfig(settings.LOGGING)
    manage = str(settings.BASE_DIR / "manage.py")
    command = [sys.executable, manage, "worker", "--beside", str(os.getpid())]
    supervisor = Supervisor(command, grace_s=float(settings.WORKER_GRACE_S))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    companion.follow(parent, supervisor.stop)
    supervisor.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
