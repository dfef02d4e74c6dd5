"""How a worker ends: in order when it is told to, and in time whatever hangs."""

import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from django.conf import settings

RELEASE_S = 2.0  # seconds of the grace that are left for giving events back
EXIT_S = 1.0  # seconds of the grace that are left for ending the process


def delivery_grace_s() -> float:
    """Give how long callbacks on the way are waited for."""
    return max(float(settings.WORKER_GRACE_S) - RELEASE_S, 0.0)


def job_grace_s() -> float:
    """Give how long the present runs of all jobs are waited for."""
    return max(float(settings.WORKER_GRACE_S) - EXIT_S, 0.0)


def on_signals(stop: Callable[[], None]) -> Callable[[], None]:
    """Call `stop` for SIGTERM and Ctrl-C, and end the process once the grace is over.

    Returns: what does the same without a signal.
    """

    def end() -> None:
        # The last resort: a thread without Python, which nothing that hangs in Python can hold up.
        faulthandler.dump_traceback_later(float(settings.WORKER_GRACE_S), exit=True)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end())
    return end


def leave(status: int) -> NoReturn:
    """End this process at once: threads that hang would hold up the usual end."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)
