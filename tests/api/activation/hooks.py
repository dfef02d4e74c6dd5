"""Hooks of deployments, as the setting names them."""

from collections.abc import Iterable
from typing import Any

from activation.spawn.hook import RulesOnly
from activation.spawn.values import Source

asked: list[tuple[Source, str, str | None]] = []
told: list[tuple[Source, str, str]] = []


class Recording(RulesOnly):
    """Remembers what it was asked and told."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        asked.append((source, requested, proposed))
        return proposed

    def after_success(self, source: Source, *, application_id: str, activation_id: str) -> None:
        told.append((source, application_id, activation_id))


class ToRequested(RulesOnly):
    """Takes the phone at its word, without any rule."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return requested


class Never(RulesOnly):
    """Refuses whatever the rules say."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return None


class Empty(RulesOnly):
    """Names no application."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return ""


class Flagging(RulesOnly):
    """Adds flags."""

    def flags_to_add(self, source: Source, destination: str) -> Iterable[str]:
        return ["SPAWNED", f"FROM-{source.activation_id}"]


class FailingDecision(RulesOnly):
    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        raise LookupError("the customer directory is away")


class FailingFlags(RulesOnly):
    def flags_to_add(self, source: Source, destination: str) -> Iterable[str]:
        raise LookupError("the customer directory is away")


class FailingNotification(RulesOnly):
    def after_success(self, source: Source, *, application_id: str, activation_id: str) -> None:
        raise LookupError("the customer directory is away")


class NoText(RulesOnly):
    def decide(self, source: Source, requested: str, proposed: str | None) -> Any:
        return 5


class TooLong(RulesOnly):
    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return "a" * 256


class NoFlags(RulesOnly):
    def flags_to_add(self, source: Source, destination: str) -> Any:
        return [None]


class TooManyFlags(RulesOnly):
    def flags_to_add(self, source: Source, destination: str) -> Iterable[str]:
        return ["F" * 256]


class Incomplete:
    """No hook at all."""

    def decide(self, source: Source, requested: str, proposed: str | None) -> str | None:
        return proposed


class WithArguments(RulesOnly):
    """Cannot be made without knowing more."""

    def __init__(self, url: str) -> None:
        self.url = url


def make() -> Recording:
    """Make a hook, as any callable without arguments may."""
    return Recording()
