"""How many connections each process of a server holds, so that all of them hold about as many.

The processes listen on one socket, and whoever wakes first accepts: a proxy that opens its
connections all at once and keeps them may leave one process with most of the work for hours. So
each process writes into shared memory how many it holds. One that is ahead of the others leaves
new connections to them for some milliseconds, and asks clients to come again, one by one.
"""

import mmap
import time

_STALE_S = 5.0  # a process that was not seen for so long is dead, stopped or stuck
_SEEN, _HELD = 0, 1
_MEMBERS = 2
_NOBODY = 0.0


class Shares:
    """The table of one server: when each of its processes was seen, and what it holds.

    It is made before the processes are forked. Each of them writes its own row only.
    """

    def __init__(self, rows: int) -> None:
        memory = mmap.mmap(-1, rows * _MEMBERS * 8)
        self._cells = memoryview(memory).cast("d")
        self._free = list(range(rows))

    def join(self) -> "Share":
        """Give a row to a process that is about to be forked; it counts once it is seen.

        Without a free row, the process neither waits for others nor do they for it.
        """
        return Share(self, self._free.pop(0) if self._free else None)

    def take_back(self, row: int) -> None:
        """Give the row of a process that has ended to the next one."""
        self.write(row, seen=_NOBODY, held=0)
        if row not in self._free:
            self._free.append(row)

    def write(self, row: int, *, seen: float, held: int) -> None:
        """Say what a process holds."""
        self._cells[row * _MEMBERS + _HELD] = held
        self._cells[row * _MEMBERS + _SEEN] = seen

    def least_of_others(self, row: int) -> int | None:
        """Give the smallest number of connections that another living process holds."""
        cells = self._cells.tolist()
        oldest = time.monotonic() - _STALE_S
        held = [
            cells[at + _HELD]
            for at in range(0, len(cells), _MEMBERS)
            if at != row * _MEMBERS and cells[at + _SEEN] > oldest
        ]
        return int(min(held)) if held else None


class Share:
    """What one process says of itself, and what it concludes from what the others say."""

    def __init__(self, shares: Shares, row: int | None) -> None:
        self._shares = shares
        self._row = row
        self._held = 0

    def holds(self, connections: int) -> None:
        """Say how many connections this process holds; being seen is part of it."""
        self._held = connections
        if self._row is not None:
            self._shares.write(self._row, seen=time.monotonic(), held=connections)

    def retires(self) -> None:
        """Say that this process takes no connections any more."""
        if self._row is not None:
            self._shares.write(self._row, seen=_NOBODY, held=0)

    def ended(self) -> None:
        """Let the next process have the row; said by the parent of this one."""
        if self._row is not None:
            self._shares.take_back(self._row)

    def is_ahead(self) -> bool:
        """Tell whether the next connection is another process's."""
        return self._lead() >= 0

    def has_too_many(self) -> bool:
        """Tell whether one connection less here and one more elsewhere is fairer than now."""
        return self._lead() > 0

    def _lead(self) -> int:
        least = None if self._row is None else self._shares.least_of_others(self._row)
        if least is None:
            return -1
        # Among hundreds, a few more or less are not worth a new connection.
        return self._held - least - max(1, least // 8)
