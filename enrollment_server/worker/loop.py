"""Running jobs until somebody says stop."""

import logging
import threading
from collections.abc import Sequence

from django.db import close_old_connections, connections

from enrollment_server.worker.jobs import Job, Run

logger = logging.getLogger(__name__)


class Worker:
    """Runs each job in a thread of its own, so that none waits for another.

    A job that fails is logged and tried again after its period: a database that is away for a
    while must not end the worker.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End every job after its present run; may be called from a signal handler."""
        self._stopped.set()

    def run(self) -> None:
        """Run the jobs until `stop`; give back when the last run has ended."""
        threads = [threading.Thread(target=self._repeat, args=(job,)) for job in self._jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

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
        finally:
            connections.close_all()

    def _attempt(self, job: Job, run: Run) -> bool:
        """Run a job; tell whether there is more to do at once."""
        close_old_connections()
        try:
            return run()
        except Exception:
            logger.exception("job failed: %s", job.name)
            return False
