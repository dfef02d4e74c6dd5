"""What a worker shows of itself and of its work, for Prometheus."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge

from powerauth.callbacks import queue

# Several workers see the same queue, and one that was started anew knows better than the last.
_MODE: Final = "mostrecent"
WAITING = Gauge(
    "callback_events_waiting", "Callback events not delivered yet", multiprocess_mode=_MODE
)
OLDEST_S = Gauge(
    "callback_oldest_event_seconds",
    "Age of the oldest callback event not delivered yet",
    multiprocess_mode=_MODE,
)
RUNS = Counter("worker_job_runs", "Runs of the jobs of the worker", ["job", "outcome"])
LAST_DONE = Gauge(
    "worker_job_last_done_timestamp_seconds",
    "When a job of the worker was last done",
    ["job"],
    multiprocess_mode=_MODE,
)


def measure(*, at: datetime) -> None:
    """Look at what waits, and show it."""
    found = queue.look()
    WAITING.set(found.length)
    OLDEST_S.set((at - found.oldest).total_seconds() if found.oldest else 0.0)


def job_done(job: str) -> None:
    """Count a run of a job that has worked."""
    RUNS.labels(job, "done").inc()
    LAST_DONE.labels(job).set_to_current_time()


def job_failed(job: str) -> None:
    """Count a run of a job that has not."""
    RUNS.labels(job, "failed").inc()
