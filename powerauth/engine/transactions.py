"""Transactions of the engine: a refusal commits, a defect rolls back."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from powerauth.errors import EngineRefusal

P = ParamSpec("P")
R = TypeVar("R")


def commits_refusals(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction that also commits when it raises EngineRefusal.

    Failure counts, blocking, removal after expiry and replay memory are written on the way to a
    refusal and must survive it (integration-api.md 1.5). Every other exception rolls back.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            try:
                return function(*args, **kwargs)
            except EngineRefusal as error:
                refusal = error
        raise refusal

    return run
