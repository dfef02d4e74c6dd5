"""What a worker shows of itself and of its work, for Prometheus."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge

from powerauth.callbacks import queue
from powerauth.engine import figures as engine
from push.outbox import figures as push
from push.outbox import policy

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
PUSH_WAITING = Gauge(
    "push_deliveries_waiting",
    "Push messages not delivered to a device yet",
    ["platform"],
    multiprocess_mode=_MODE,
)
PUSH_OLDEST_S = Gauge(
    "push_oldest_delivery_seconds",
    "Age of the oldest push message not delivered yet",
    ["platform"],
    multiprocess_mode=_MODE,
)
PUSH_REFUSED = Gauge(
    "push_credentials_refused",
    "Applications whose credentials a push provider refuses",
    ["platform"],
    multiprocess_mode=_MODE,
)
PUSH_PAUSED = Gauge(
    "push_providers_paused",
    "Applications for which a push provider that fails is left alone",
    ["platform"],
    multiprocess_mode=_MODE,
)
ACTIVATIONS = Gauge(
    "activations_in_use",
    "Activations that are active or blocked",
    ["suite", "state"],
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
    OLDEST_S.set(_age_s(found.oldest, at=at))
    # What another Push Server sends is not for this worker to watch.
    if policy.is_embedded():
        _measure_push(at=at)


def measure_activations() -> None:
    """Count the activations, and show them; too much to do every few seconds."""
    for (suite, state), number in engine.in_use().items():
        ACTIVATIONS.labels(suite, state).set(number)


def _measure_push(*, at: datetime) -> None:
    for platform, queue_there in push.look(at=at).items():
        PUSH_WAITING.labels(platform.value).set(queue_there.length)
        PUSH_OLDEST_S.labels(platform.value).set(_age_s(queue_there.oldest, at=at))
        PUSH_REFUSED.labels(platform.value).set(queue_there.refused)
        PUSH_PAUSED.labels(platform.value).set(queue_there.paused)


def _age_s(oldest: datetime | None, *, at: datetime) -> float:
    return (at - oldest).total_seconds() if oldest else 0.0


def job_done(job: str) -> None:
    """Count a run of a job that has worked."""
    RUNS.labels(job, "done").inc()
    LAST_DONE.labels(job).set_to_current_time()


def job_failed(job: str) -> None:
    """Count a run of a job that has not."""
    RUNS.labels(job, "failed").inc()
