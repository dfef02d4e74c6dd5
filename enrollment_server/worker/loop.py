"""Running jobs until somebody says stop."""

import logging
import math
import threading
import time
from collections.abc import Sequence

from django.db import close_old_connections, connections

from enrollment_server.worker import figures
from enrollment_server.worker.jobs import Job, Run
from enrollment_server.worker.troubles import Troubles

LOOK_S = 0.5  # seconds between two looks whether to stop
logger = logging.getLogger(__name__)


class Worker:
    """Runs each job in a thread of its own, so that none waits for another.

    A job that fails is logged and tried again after its period: a database that is away for a
    while must not end the worker.

    Args:
        grace_s: seconds that the present runs have to end in after `stop`.
    """

    def __init__(self, jobs: Sequence[Job], *, grace_s: float = 60.0) -> None:
        self._jobs = jobs
        self._grace_s = grace_s
        self._stopped = threading.Event()
        self._broken = False
        self._has_worked = False
        self._running: dict[str, float] = {}  # when the present run of a job has to be over
        self.troubles = Troubles()

    def stop(self) -> None:
        """End every job after its present run; may be called from a signal handler."""
        self._stopped.set()

    def is_alive(self) -> bool:
        """Tell whether no run of a job takes longer than any can."""
        return time.monotonic() < min(list(self._running.values()), default=math.inf)

    def is_ready(self) -> bool:
        """Tell whether jobs are done."""
        away = self.troubles.database_is_away or self._stopped.is_set()
        return self._has_worked and not away and self.is_alive()

    def run(self) -> bool:
        """Run the jobs until `stop`, and give back when the last run or the grace is over.

        Returns: False if a job had to be given up: the process has to be started anew.
        """
        threads = [
            threading.Thread(target=self._repeat, args=(job,), name=job.name, daemon=True)
            for job in self._jobs
        ]
        for thread in threads:
            thread.start()
        # Never for long: the system may give a signal to any thread, but this one handles it. And
        # not for the event, whose lock a handler could not take while this thread holds it.
        while not self._stopped.is_set():
            time.sleep(LOOK_S)
        until = time.monotonic() + self._grace_s
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0.0))
        left = [thread.name for thread in threads if thread.is_alive()]
        if left:
            logger.warning("ended in the middle of: %s", ", ".join(left))
        return not self._broken

    def run_once(self) -> None:
        """Run each job until it has nothing more to do."""
        for job in self._jobs:
            with job.begin() as run:
                while run() and not self._stopped.is_set():
                    pass

    def _repeat(self, job: Job) -> None:
        try:
            with job.begin() as run:
                while not self._stopped.is_set():
                    if not self._attempt(job, run):
                        self._stopped.wait(job.period_s)
        except Exception as error:
            self._give_up(job, error)
        finally:
            connections.close_all()

    def _give_up(self, job: Job, error: Exception) -> None:
        if self._stopped.is_set():  # what it left behind is taken up by others
            self.troubles.failed(job.name, error)
            return
        logger.critical("job cannot go on, so the worker ends: %s", job.name, exc_info=error)
        self._broken = True
        self.stop()

    def _attempt(self, job: Job, run: Run) -> bool:
        """Run a job; tell whether there is more to do at once."""
        close_old_connections()
        self._running[job.name] = time.monotonic() + job.longest_s
        try:
            more = run()
        except Exception as error:
            figures.job_failed(job.name)
            self.troubles.failed(job.name, error)
            return False
        finally:
            self._running.pop(job.name, None)
        figures.job_done(job.name)
        self.troubles.worked(job.name)
        self._has_worked = True
        return more
