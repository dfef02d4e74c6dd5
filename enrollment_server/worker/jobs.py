"""The jobs of the worker and how often they run: integration-api.md 15."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from django.utils import timezone

from enrollment_server.worker import ending, figures
from enrollment_server.worker.housekeeping import TASKS, Task
from powerauth.callbacks import Dispatcher
from push.campaigns import sending
from push.outbox.dispatcher import Dispatcher as PushDispatcher

CALLBACK_PERIOD_S = 1.0
CALLBACK_LONGEST_S = 120.0
PUSH_PERIOD_S = 0.25  # somebody looks at the phone already
PUSH_LONGEST_S = 120.0
CAMPAIGNS_PERIOD_S = 1.0
FIGURES_PERIOD_S = 10.0
ACTIVATIONS_PERIOD_S = 3600.0  # reads a table that may have millions of rows
_PERIODS_S = {
    "expired activations": 5.0,
    "expired operations": 5.0,
    "used values": 60.0,
    "temporary keys": 60.0,
    "finished callbacks": 3600.0,
    "finished operations": 3600.0,
    "signature audit": 3600.0,
    "activation history": 3600.0,
    "failed logins": 3600.0,
    "sessions": 3600.0,
    "audit ties": 60.0,
    "finished push messages": 60.0,
    "old push messages": 3600.0,
    "push devices": 3600.0,
}

Run = Callable[[], bool]
"""Does a job once; gives True if there is more to do at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do again and again.

    Args:
        period_s: seconds between the end of one run and the start of the next.
        begin: gives the run; leaving the block ends what the runs have begun.
        longest_s: seconds after which a run that has not ended never will.
    """

    name: str
    period_s: float
    begin: Callable[[], AbstractContextManager[Run]]
    longest_s: float = 86_400.0


@contextmanager
def _callbacks() -> Iterator[Run]:
    with Dispatcher(grace_s=ending.delivery_grace_s()) as dispatcher:
        yield dispatcher.turn


@contextmanager
def _push() -> Iterator[Run]:
    with PushDispatcher(grace_s=ending.delivery_grace_s()) as dispatcher:
        yield dispatcher.turn


def _campaigns() -> AbstractContextManager[Run]:
    return nullcontext(lambda: sending.advance(at=timezone.now()))


def _figures() -> AbstractContextManager[Run]:
    def run() -> bool:
        figures.measure(at=timezone.now())
        return False

    return nullcontext(run)


def _task(task: Task) -> Callable[[], AbstractContextManager[Run]]:
    def run() -> bool:
        task(timezone.now())
        return False

    return lambda: nullcontext(run)


def _activations() -> AbstractContextManager[Run]:
    def run() -> bool:
        figures.measure_activations()
        return False

    return nullcontext(run)


JOBS = (
    Job(
        name="callbacks",
        period_s=CALLBACK_PERIOD_S,
        begin=_callbacks,
        longest_s=CALLBACK_LONGEST_S,
    ),
    Job(name="push messages", period_s=PUSH_PERIOD_S, begin=_push, longest_s=PUSH_LONGEST_S),
    Job(name="campaigns", period_s=CAMPAIGNS_PERIOD_S, begin=_campaigns),
    *(Job(name=name, period_s=_PERIODS_S[name], begin=_task(task)) for name, task in TASKS.items()),
    Job(name="figures", period_s=FIGURES_PERIOD_S, begin=_figures),
    Job(name="figures of activations", period_s=ACTIVATIONS_PERIOD_S, begin=_activations),
)
