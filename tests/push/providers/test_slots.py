"""How many may be on a connection at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from push.providers.transport.slots import Slots
from push.providers.transport.values import NotProcessed


def _run(work: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await work()

    asyncio.run(run())


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_comes_first_goes_first() -> None:
    async def work() -> None:
        slots, order = Slots(1), []

        async def visit(number: int) -> None:
            await slots.take()
            order.append(number)

        tasks = [asyncio.create_task(visit(number)) for number in range(4)]
        await _settle()
        assert order == [0]
        slots.resize(2)
        await _settle()
        assert order == [0, 1]
        slots.give_back()
        slots.give_back()
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2, 3]

    _run(work)


def test_shrinking_takes_nothing_away() -> None:
    async def work() -> None:
        slots = Slots(2)
        await slots.take()
        await slots.take()
        slots.resize(1)
        third = asyncio.create_task(slots.take())
        slots.give_back()
        await _settle()
        assert not third.done()
        slots.give_back()
        await third

    _run(work)


@pytest.mark.parametrize("handed_over", [False, True])
def test_slot_of_who_gives_up_is_not_lost(handed_over: bool) -> None:
    async def work() -> None:
        slots = Slots(1)
        await slots.take()
        waiting = asyncio.create_task(slots.take())
        await _settle()
        if handed_over:
            slots.give_back()
            waiting.cancel()
        else:
            waiting.cancel()
            await _settle()
            slots.give_back()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(slots.take(), 1)

    _run(work)


def test_nobody_waits_at_a_closed_door() -> None:
    async def work() -> None:
        slots = Slots(0)
        waiting = asyncio.create_task(slots.take())
        await _settle()
        slots.close()
        with pytest.raises(NotProcessed):
            await waiting
        with pytest.raises(NotProcessed):
            await slots.take()

    _run(work)
