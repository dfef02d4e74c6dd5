"""Results that are kept, bounded in their number and in what each may hold.

Templates come from the bank; languages, amounts and currencies come from whoever sends a request.
None of them may fill the memory, so what is long is never kept.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

Texts = TypeVarTuple("Texts")
R = TypeVar("R")


def bounded_cache(
    *, entries: int, characters: int
) -> Callable[[Callable[[*Texts], R]], Callable[[*Texts], R]]:
    """Keep what a function of texts gave for the texts that it was asked for last.

    Everybody shares the result, so it must be one that nobody can change, or one that the module
    of the function never hands out. An error is not kept.

    Args:
        entries: results that are kept at most.
        characters: of all arguments of one call; with more, its result is not kept.
    """

    def decorate(compute: Callable[[*Texts], R]) -> Callable[[*Texts], R]:
        kept = lru_cache(maxsize=entries)(compute)

        @wraps(kept)
        def bounded(*texts: *Texts) -> R:
            length = 0
            for text in texts:
                length += len(text)  # type: ignore[arg-type] # a text, as the docstring demands
            # The kept one is not called for what is long: it would keep the argument as well.
            return (kept if length <= characters else compute)(*texts)

        return bounded

    return decorate
