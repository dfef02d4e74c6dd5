"""The connections that wait for their clients, and what is in memory for all clients."""

import selectors
import time
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

from enrollment_server.web.connection import Connection, State

MAX_HELD = 64 * 1024 * 1024  # bytes of requests and answers, in one process


class Waiting:
    """Connections in the order in which they began to wait, and the events they wait for.

    Threads call `rest` only; everything else is the event loop's. A connection that a thread works
    for stays registered, since hardly any client sends meanwhile: `waits` looks away from one that
    does.
    """

    def __init__(self, on_event: Callable[[Connection, Any], None]) -> None:
        self.poller: Any = None
        self._on_event = on_event
        self._lock = Lock()
        self._waiting: dict[Connection, None] = {}
        self._held: dict[Connection, int] = {}
        self._held_bytes = 0

    def add(self, conn: Connection, state: State, seconds: float) -> None:
        """Let a connection wait for so long."""
        sends = state is State.SENDING
        with self._lock:
            self._watch(conn, selectors.EVENT_WRITE if sends else selectors.EVENT_READ)
            self._add(conn, state, seconds)

    def rest(self, conn: Connection, patience_s: Callable[[], float]) -> bool:
        """Let a connection wait for its next request; False if the client has sent already.

        Args:
            patience_s: asked at the moment at which the connection begins to wait, so that `hurry`
                misses none.
        """
        with self._lock:
            if conn.events != selectors.EVENT_READ:
                return False
            self._add(conn, State.IDLE, patience_s())
            return True

    def waits(self, conn: Connection) -> bool:
        """Tell whether a connection with an event waits for it, and look away if it does not."""
        if conn in self._waiting:
            return True
        with self._lock:
            if conn in self._waiting:
                return True
            self._watch(conn, 0)
            return False

    def remove(self, conn: Connection) -> None:
        """Go on with a connection."""
        with self._lock:
            self._account(conn)
            del self._waiting[conn]
            conn.state = State.WORKING

    def forget(self, conn: Connection) -> None:
        """Forget a connection that is about to be closed."""
        with self._lock:
            self._watch(conn, 0)
            self._waiting.pop(conn, None)
            self._held_bytes -= self._held.pop(conn, 0)

    def one_too_heavy(self, conn: Connection) -> Connection | None:
        """Note what `conn` holds; give the one with most in memory if that is too much."""
        with self._lock:
            self._account(conn)
            if self._held_bytes <= MAX_HELD:
                return None
            return max(self._waiting, key=lambda one: one.held, default=None)

    def oldest(self) -> Connection | None:
        """Give the one that has waited longest."""
        with self._lock:
            return next(iter(self._waiting), None)

    def overdue(self) -> list[Connection]:
        """List those whose time is over."""
        now = time.monotonic()
        return [conn for conn in self.all() if conn.deadline <= now]

    def all(self) -> list[Connection]:
        """List them all."""
        with self._lock:
            return list(self._waiting)

    def hurry(self, deadline: float) -> None:
        """Let no connection wait for a next request beyond a moment of the monotonic clock."""
        with self._lock:
            for conn in self._waiting:
                if conn.state is State.IDLE:
                    conn.deadline = min(conn.deadline, deadline)

    def _add(self, conn: Connection, state: State, seconds: float) -> None:
        conn.state = state
        conn.deadline = time.monotonic() + seconds
        self._waiting[conn] = None
        self._account(conn)

    def _account(self, conn: Connection) -> None:
        held = conn.held
        before = self._held.get(conn, 0)
        if held != before:
            self._held_bytes += held - before
            self._held[conn] = held

    def _watch(self, conn: Connection, events: int) -> None:
        """Look for events of a connection, or for none."""
        if events and not conn.events:
            self.poller.register(conn.socket, events, partial(self._on_event, conn))
        elif events and events != conn.events:
            self.poller.modify(conn.socket, events, partial(self._on_event, conn))
        elif conn.events and not events:
            self.poller.unregister(conn.socket)
        conn.events = events
