"""The part of the worker process that minds the other ones: see `shares` and `turns`."""

import time
from typing import Any

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

from enrollment_server.web.connection import Connection
from enrollment_server.web.shares import Shares
from enrollment_server.web.turns import Turns

_NOTICE_S = 1.0
# Shared by all processes that are forked from this one. A reload starts new ones beside the old.
_SHARES = Shares(rows=2 * settings.WEB_PROCESSES + 8)


class SharingWorker(ThreadWorker):  # type: ignore[misc]
    """Takes about as many connections as the other processes do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share = _SHARES.join()
        self._turns = Turns(self.share)
        self._was_offered = False
        self._leaving = 0  # connections that end with the answer under way
        self._next_notice = 0.0

    def leaves_to_others(self) -> bool:
        """Stop listening for a moment if the connection that has come is another process's."""
        self._was_offered = True
        if not self._turns.leave_to_others():
            return False
        self.set_accept_enabled(False)
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        """Listen or not; gunicorn's loop asks for it at each turn, a pause comes first."""
        super().set_accept_enabled(enabled and self._turns.pause_s() <= 0)
        if not self.alive:
            self.share.retires()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Do what has to be done now, or wait for it."""
        self._was_offered = False
        pause = self._turns.pause_s()
        super().wait_for_and_dispatch_events(min(timeout, pause) if pause > 0 else timeout)
        if self._accepting and not self._was_offered:
            self._turns.others_came()

    def notify(self) -> None:
        """Show gunicorn and the other processes that this one lives; called at each turn."""
        now = time.monotonic()
        if now >= self._next_notice:
            self._next_notice = now + _NOTICE_S
            super().notify()
            self._publish()

    def has_one_more(self) -> None:
        """Count a connection that has just come."""
        self.nr_conns += 1
        self._publish()

    def has_one_less(self, conn: Connection) -> None:
        """Count a connection no more."""
        self.nr_conns -= 1
        self._leaving -= conn.leaves
        self._publish()

    def shed(self, conn: Connection) -> None:
        """Have the client of a whole request come again if this process holds too many."""
        if self.alive and self._turns.should_shed():
            conn.request.force_close()
            self.count_as_leaving(conn)

    def count_as_leaving(self, conn: Connection) -> None:
        """Count a connection no more, although it lasts until its client closes."""
        if not conn.leaves:
            conn.leaves = True
            self._leaving += 1
            self._publish()

    def _publish(self) -> None:
        if self.alive:
            self.share.holds(self.nr_conns - self._leaving)
