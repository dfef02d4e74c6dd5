"""Work that many wait for and that is done once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Calls that come while one is under way get its outcome; who gives up does not end it."""

    def __init__(self, work: Callable[..., Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    def __call__(self, *args: object) -> Awaitable[T]:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(*args))
            # All who waited may have given up.
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return asyncio.shield(self._task)

    async def close(self) -> None:
        """End what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
