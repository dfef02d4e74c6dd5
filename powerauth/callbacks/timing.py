"""When to try again, and how long an attempt may take: integration-api.md 11.4."""

import random
from datetime import timedelta

from django.conf import settings

from enrollment_server.remote import pauses
from enrollment_server.remote.pauses import Random

LEASE_MARGIN = timedelta(seconds=10)
REQUESTS_PER_ATTEMPT = 4  # at most: a token, the event, and both once more for a refused token


def timeouts() -> tuple[float, float]:
    """Give the seconds to wait for a connection and for an answer."""
    return (
        float(settings.CALLBACK_CONNECT_TIMEOUT_S),
        float(settings.CALLBACK_RESPONSE_TIMEOUT_S),
    )


def lease(*, with_token: bool) -> timedelta:
    """Give how long a worker may hold an event: longer than its attempt can take."""
    one = timedelta(seconds=sum(timeouts()))
    return one * (REQUESTS_PER_ATTEMPT if with_token else 1) + LEASE_MARGIN


def max_backoff() -> timedelta:
    """Give the longest pause between two attempts."""
    return timedelta(seconds=settings.CALLBACK_MAX_BACKOFF_S)


def failure_reset() -> timedelta:
    """Give how long a receiver that keeps failing is left alone."""
    return timedelta(seconds=settings.CALLBACK_FAILURE_RESET_S)


def pause(
    attempts: int,
    *,
    initial: timedelta,
    asked: timedelta | None = None,
    chance: Random = random.random,
) -> timedelta:
    """Give the pause after the failure of attempt number `attempts`: see `pauses.pause`."""
    return pauses.pause(
        attempts, initial=initial, longest=max_backoff(), asked=asked, chance=chance
    )
