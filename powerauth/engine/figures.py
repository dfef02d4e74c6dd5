"""What the engine counts for those who watch, in labels that nobody outside can add to."""

from collections import Counter as Numbers
from functools import lru_cache

from django.db import transaction
from django.db.models import Count
from prometheus_client import Counter

from powerauth.engine.generations.three import stored_keys as three
from powerauth.models import Activation, ActivationState
from powerauth.protocol.v4.suites import SUITES

OTHER = "other"
CODES = Counter(
    "authentication_codes",
    "Signatures and authentication codes that were judged",
    ["generation", "suite", "outcome"],
)
EXCHANGES = Counter(
    "activation_key_exchanges", "Phones that exchanged keys", ["generation", "suite"]
)
CHANGES = Counter(
    "activation_changes",
    "Confirmations, new factor keys and upgrades by phones",
    ["change", "suite"],
)
_SUITES = (three.SUITE, *(suite.name for suite in SUITES))
_IN_USE = (ActivationState.ACTIVE, ActivationState.BLOCKED)

Kind = tuple[str, str]
"""Suite and state of activations, by name."""


def judged(activation: Activation, outcome: str) -> None:
    """Count a code of an activation.

    Args:
        outcome: why it was accepted or refused, in the words of its record.
    """
    _codes(activation.protocol_generation, activation.algorithm, outcome).inc()


def exchanged(activation: Activation) -> None:
    """Count a phone that has exchanged keys, once its activation is stored."""
    suite = _label(activation.algorithm)
    counter = EXCHANGES.labels(str(activation.protocol_generation), suite)
    transaction.on_commit(counter.inc)


def changed(suite: str, change: str) -> None:
    """Count a change by a phone, once it is stored.

    Args:
        suite: that the activation has, or would have by its upgrade.
        change: one of the words of history.
    """
    transaction.on_commit(CHANGES.labels(change, _label(suite)).inc)


def in_use() -> dict[Kind, int]:
    """Count the activations that are not at their beginning or end; reads the whole table once.

    Every kind that there may be is in it, so that nobody goes on showing one that has ended.
    """
    numbers: Numbers[Kind] = Numbers()
    rows = Activation.objects.filter(state__in=_IN_USE).values_list("algorithm", "state")
    for suite, state, number in rows.order_by().annotate(Count("pk")):
        numbers[_label(suite), ActivationState(state).name] += number
    suites = (*_SUITES, OTHER)
    return {
        (suite, state.name): numbers[suite, state.name] for suite in suites for state in _IN_USE
    }


@lru_cache(maxsize=256)
def _codes(generation: int, suite: str, outcome: str) -> Counter:
    # Finding a member of the family costs more than counting.
    return CODES.labels(str(generation), _label(suite), outcome)


def _label(suite: str) -> str:
    return suite if suite in _SUITES else OTHER
