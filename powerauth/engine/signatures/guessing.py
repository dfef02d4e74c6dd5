"""Attempts that cost an activation nothing, and what strangers can reach by many of them.

A wrong possession signature is not counted against the phone (protocol.md 7.6), so it can be tried
without end, and in protocol 3.0 it is a number of eight digits. What an activation accepts of such
numbers therefore shrinks with the failures of a day, and nobody is made to wait for it: see
docs/adr/0005-guessed-signatures.md. Signatures of several factors, and all of later versions, are
never affected.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from powerauth.engine import policy
from powerauth.engine.signatures.signature_attempt import Attempt
from powerauth.models import Activation
from powerauth.protocol.signed_request import CounterMatch
from powerauth.protocol.versions import TRAITS, SignatureFormat

logger = logging.getLogger(__name__)

PERIOD = timedelta(hours=24)  # failures are counted anew after it
NARROW_AFTER = 1_000  # failures after which only the very next counter value is taken at its word
PAIR_AFTER = 100_000  # failures after which it takes two signatures in a row
PAIR_WITHIN = timedelta(minutes=1)  # between the two
NOTHING_HELD: dict[str, Any] = {"held_steps": 0, "held_at": None}


def failures(activation: Activation, *, at: datetime) -> int:
    """Give the uncounted failures of the current period."""
    since = activation.free_failures_since
    return activation.free_failures if since is not None and at - since < PERIOD else 0


def accepts(activation: Activation, attempt: Attempt, match: CounterMatch, *, at: datetime) -> bool:
    """Tell whether a signature that matches is believed to be the phone's and no lucky guess.

    It always is when it is the second one in a row: a guess would have to hit twice.
    """
    tried = failures(activation, at=at)
    if not attempt.is_guessable or tried < NARROW_AFTER:
        return True
    once_is_enough = tried < PAIR_AFTER and not _came_with_long_signatures(activation)
    if once_is_enough and match.steps == 1:
        return True
    return (
        activation.held_at is not None
        and at - activation.held_at <= PAIR_WITHIN
        and match.steps == activation.held_steps + 1
    )


def held(match: CounterMatch, *, at: datetime) -> dict[str, Any]:
    """Give the columns that remember a signature that is believed once the next one follows."""
    return {"held_steps": match.steps, "held_at": at}


def one_more(activation: Activation, *, at: datetime) -> dict[str, Any]:
    """Give the columns that count one more failure of a locked activation; tell of many."""
    before = failures(activation, at=at)
    if before + 1 in (NARROW_AFTER, PAIR_AFTER):
        logger.warning(
            "one-factor signatures are being guessed: activation %s, %d failures since %s",
            activation.pk,
            before + 1,
            activation.free_failures_since,
        )
    return {
        "free_failures": before + 1,
        "free_failures_since": activation.free_failures_since if before else at,
    }


def is_recorded(activation: Activation, *, at: datetime) -> bool:
    """Tell whether a further failure gets a record of its own.

    Whoever knows an activation id could else fill the database, even of a removed activation.
    """
    limit = policy.audited_failures_per_day()
    return not limit or failures(activation, at=at) < limit


def unrecorded(activation: Activation, *, at: datetime) -> int:
    """Give how many failures of the period before this one have no record."""
    limit = policy.audited_failures_per_day()
    over = activation.free_failures_since is not None and not failures(activation, at=at)
    return max(0, activation.free_failures - limit) if over and limit else 0


def _came_with_long_signatures(activation: Activation) -> bool:
    """Tell whether eight digits are less than what this phone was activated with."""
    created_with = activation.created_with
    return bool(created_with) and (
        TRAITS[created_with].signature_format is not SignatureFormat.DECIMAL
    )
