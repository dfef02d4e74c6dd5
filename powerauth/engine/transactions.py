"""Transactions of the engine: a refusal commits, a defect rolls back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from powerauth.errors import EngineRefusal

P = ParamSpec("P")
R = TypeVar("R")


_within_one: ContextVar[bool] = ContextVar("within_one_transaction", default=False)


@contextmanager
def one_transaction() -> Iterator[None]:
    """Open a transaction that functions with `commits_refusals` join without a savepoint.

    Whoever opens it lets no exception end in it but refusals: what any other one leaves behind
    can only be rolled back together with all the rest.
    """
    with transaction.atomic():
        token = _within_one.set(True)
        try:
            yield
        finally:
            _within_one.reset(token)


def commits_refusals(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction that also commits when it raises EngineRefusal.

    Failure counts, blocking, removal after expiry and replay memory are written on the way to a
    refusal and must survive it (integration-api.md 1.5). Every other exception rolls back.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _within_one.get()):
            try:
                return function(*args, **kwargs)
            except EngineRefusal as error:
                refusal = error
        raise refusal

    return run
