"""Whose turn it is to take a new connection, and which client should come again."""

import time

from enrollment_server.web.shares import Share

# How long a process that is ahead leaves a new connection to others before it looks again.
_PAUSES_S = (0.001, 0.002, 0.004, 0.008)
_SHED_S = 0.05  # so often, at most, one client is asked to come again


class Turns:
    """Lets other processes go first.

    No connection waits for a process that does not come: after the pauses, this one takes it.
    """

    def __init__(self, share: Share) -> None:
        self._share = share
        self._left = 0  # times in a row
        self._pause_ends = 0.0
        self._next_shed = 0.0

    def pause_s(self) -> float:
        """Give for how long nothing is accepted yet; not above 0 if something may be."""
        return self._pause_ends - time.monotonic()

    def leave_to_others(self) -> bool:
        """Tell whether a new connection is another process's; if so, a pause begins."""
        if not self._share.is_ahead():
            return False
        if self._left == len(_PAUSES_S):
            # Nobody came for this one. The next one waits as long as this one did at last.
            self._left -= 1
            return False
        self._pause_ends = time.monotonic() + _PAUSES_S[self._left]
        self._left += 1
        return True

    def others_came(self) -> None:
        """Note that nothing waits any more."""
        self._left = 0

    def should_shed(self) -> bool:
        """Tell whether the client of this moment should come again, to another process."""
        now = time.monotonic()
        if now < self._next_shed:
            return False
        self._next_shed = now + _SHED_S
        return self._share.has_too_many()
