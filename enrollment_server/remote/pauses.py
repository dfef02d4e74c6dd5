"""How long to leave another server alone after failures: longer each time, never all at once."""

import random
from collections.abc import Callable
from datetime import timedelta

FACTOR = 2
JITTER = 0.2  # of the pause, in both directions

Random = Callable[[], float]
"""Gives a number from 0 to 1."""


def pause(
    attempts: int,
    *,
    initial: timedelta,
    longest: timedelta,
    asked: timedelta | None = None,
    chance: Random = random.random,
) -> timedelta:
    """Give the pause after the failure of attempt number `attempts`, counted from 1.

    It doubles each time up to the longest pause, and is spread so that what failed together does
    not come back together.

    Args:
        asked: what the other server asked for by Retry-After; kept up to the longest pause.
    """
    # A larger exponent could not be told apart from the longest pause, but would overflow.
    grown = min(initial.total_seconds() * FACTOR ** min(attempts - 1, 64), longest.total_seconds())
    spread = timedelta(seconds=grown * (1 - JITTER + 2 * JITTER * chance()))
    return max(min(spread, longest), min(asked or timedelta(0), longest))
