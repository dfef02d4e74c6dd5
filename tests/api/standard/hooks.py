"""Hooks of deployments, as the setting ACTIVATION_PROVIDER_HOOK names them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NoReturn

from django.db import connection

from powerauth.activation_hook import ActivationKind, Attempt, CodesOnly
from powerauth.values import ActivationFacts

PASSWORD = "correct horse"

made: list[object] = []
asked: list[tuple[str, Attempt]] = []
in_transaction: list[bool] = []
committed: list[tuple[Attempt, ActivationFacts]] = []
removed: list[ActivationFacts] = []


def forget() -> None:
    for memory in (asked, in_transaction, committed, removed):
        memory.clear()


class ByPassword(CodesOnly):
    """Knows users by their password, commits at once, and remembers what it was asked."""

    def __init__(self) -> None:
        made.append(self)

    def note(self, method: str, attempt: Attempt) -> None:
        asked.append((method, attempt))
        in_transaction.append(connection.in_atomic_block)

    def user_id(self, attempt: Attempt) -> str | None:
        self.note("user_id", attempt)
        attributes = attempt.identity_attributes
        return attributes.get("username") if attributes.get("password") == PASSWORD else None

    def max_failed_attempts(self, attempt: Attempt, user_id: str) -> int | None:
        self.note("max_failed_attempts", attempt)
        return 3

    def validity(self, attempt: Attempt, user_id: str) -> timedelta | None:
        self.note("validity", attempt)
        return timedelta(minutes=1)

    def custom_attributes(self, attempt: Attempt, activation: ActivationFacts) -> Mapping[str, Any]:
        self.note("custom_attributes", attempt)
        return {**attempt.custom_attributes, "state": activation.state}

    def flags_to_add(self, attempt: Attempt, activation: ActivationFacts) -> Iterable[str]:
        self.note("flags_to_add", attempt)
        return ["NEW", f"BY-{attempt.kind}"]

    def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
        self.note("commits", attempt)
        return True

    def committed(self, attempt: Attempt, activation: ActivationFacts) -> None:
        in_transaction.append(connection.in_atomic_block)
        committed.append((attempt, activation))

    def removed(self, activation: ActivationFacts) -> None:
        in_transaction.append(connection.in_atomic_block)
        removed.append(activation)


class Waiting(ByPassword):
    """Leaves the commit to the bank's clerks, except for codes."""

    def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
        return attempt.kind is ActivationKind.CODE


def _fail(attempt: Attempt) -> NoReturn:
    raise LookupError(f"no such user: {dict(attempt.identity_attributes)}")


class FailingUser(ByPassword):
    def user_id(self, attempt: Attempt) -> str | None:
        _fail(attempt)


class FailingLimit(ByPassword):
    def max_failed_attempts(self, attempt: Attempt, user_id: str) -> int | None:
        _fail(attempt)


class FailingValidity(ByPassword):
    def validity(self, attempt: Attempt, user_id: str) -> timedelta | None:
        _fail(attempt)


class FailingAttributes(ByPassword):
    def custom_attributes(self, attempt: Attempt, activation: ActivationFacts) -> Mapping[str, Any]:
        _fail(attempt)


class FailingFlags(ByPassword):
    def flags_to_add(self, attempt: Attempt, activation: ActivationFacts) -> Iterable[str]:
        _fail(attempt)


class FailingCommit(ByPassword):
    def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
        _fail(attempt)


class FailingNotifications(ByPassword):
    def committed(self, attempt: Attempt, activation: ActivationFacts) -> None:
        _fail(attempt)

    def removed(self, activation: ActivationFacts) -> None:
        raise LookupError(f"the directory is away: {activation.user_id}")


class Answering(ByPassword):
    """Answers what a test wants it to."""

    answers: dict[str, Any] = {}

    def user_id(self, attempt: Attempt) -> Any:
        return self.answers.get("user_id", "alice")

    def max_failed_attempts(self, attempt: Attempt, user_id: str) -> Any:
        return self.answers.get("max_failed_attempts")

    def validity(self, attempt: Attempt, user_id: str) -> Any:
        return self.answers.get("validity")

    def custom_attributes(self, attempt: Attempt, activation: ActivationFacts) -> Any:
        return self.answers.get("custom_attributes", {})

    def flags_to_add(self, attempt: Attempt, activation: ActivationFacts) -> Any:
        return self.answers.get("flags_to_add", ())

    def commits(self, attempt: Attempt, activation: ActivationFacts) -> Any:
        return self.answers.get("commits", True)


class Incomplete:
    """No hook at all."""

    def user_id(self, attempt: Attempt) -> str | None:
        return None


class WithArguments(CodesOnly):
    """Cannot be made without knowing more."""

    def __init__(self, url: str) -> None:
        self.url = url
