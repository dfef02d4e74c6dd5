"""Where a spawned activation goes: what the allow rules say, and what the hook makes of it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from activation import policy
from activation.spawn import selection
from activation.spawn.hook import SpawnHook
from activation.spawn.rules import Rule
from activation.spawn.values import ID_LENGTH, Reason, Source, SpawnOrder

logger = logging.getLogger(__name__)

BY_HOOK = "hook"


class SpawnRefused(Exception):
    """No activation for this request; `reason` is for the audit record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where the activation is created, what says so, and the flags that it gets."""

    destination: str
    rule: str
    flags: tuple[str, ...]


def decide(order: SpawnOrder) -> Decision:
    """Ask the rules, and then the hook, which has the last word.

    The flags of a rule go only to the application that the rule names.

    Raises:
        SpawnRefused: neither admits the request, or the hook fails.
        ImproperlyConfigured: the rules or the hook of the settings cannot be used.
    """
    hook, source = policy.hook(), order.source
    candidates = selection.candidates(source.application_id, order.requested)
    rule = next((rule for rule in candidates if rule.required_flags.issubset(source.flags)), None)
    destination = _destination(hook, order, None if rule is None else rule.destination)
    if not destination:
        raise SpawnRefused(_reason(candidates, rule))
    added = _flags(hook, source, destination)
    if rule is None or rule.destination != destination:
        return Decision(destination=destination, rule=BY_HOOK, flags=added)
    return Decision(destination=destination, rule=rule.name, flags=(*rule.flags_to_add, *added))


def _reason(candidates: Sequence[Rule], rule: Rule | None) -> Reason:
    if rule is not None:
        return Reason.REFUSED_BY_HOOK
    return Reason.FLAGS_MISSING if candidates else Reason.NO_RULE


@contextmanager
def _failure_refuses() -> Iterator[None]:
    """Refuse where the hook fails: code of a deployment, so any exception may come."""
    try:
        yield
    except Exception as error:
        logger.exception("the spawn hook failed")
        raise SpawnRefused(Reason.HOOK_FAILED) from error


def _destination(hook: SpawnHook, order: SpawnOrder, proposed: str | None) -> str:
    """Give what the hook decides, empty text for a refusal."""
    with _failure_refuses():
        decided: object = hook.decide(order.source, order.requested, proposed)
        if decided is None:
            return ""
        if not isinstance(decided, str) or len(decided) > ID_LENGTH:
            raise TypeError("the hook decided for something that is no application")
        return decided


def _flags(hook: SpawnHook, source: Source, destination: str) -> tuple[str, ...]:
    with _failure_refuses():
        flags: tuple[object, ...] = tuple(hook.flags_to_add(source, destination))
        texts = tuple(flag for flag in flags if isinstance(flag, str))
        if len(texts) != len(flags):
            raise TypeError("the hook adds something that is no flag")
        return texts
