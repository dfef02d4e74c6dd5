"""Cutting off connections at the last moment of their request.

The time-outs of sockets start anew with each byte that arrives, so they alone would let a server
hold a thread for hours. One thread a process looks at all requests that wait for their headers.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

_LOOK_S = 0.25  # seconds between two looks


class Watch:
    """The requests of a process that wait, and the thread that ends them."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[float, socket.socket]] = {}
        self._lock = threading.Lock()
        self._begun = False

    @contextmanager
    def over(self, connected: socket.socket, seconds: float) -> Iterator[None]:
        """Shut a connection down if it is still used `seconds` from now."""
        key = id(connected)
        with self._lock:
            self._waiting[key] = (time.monotonic() + seconds, connected)
            begin, self._begun = not self._begun, True
        if begin:
            threading.Thread(target=self._look, name="remote-watch", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(key, None)

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_S)
            now = time.monotonic()
            # Under the lock, so that nobody else has the connection by now.
            with self._lock:
                for last, connected in self._waiting.values():
                    if last < now:
                        _cut(connected)


def _cut(connected: socket.socket) -> None:
    try:
        # Of the bare socket: that of TLS would change what the other thread reads with.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:  # the server was faster
        return


_watch = Watch()


def watched(connected: socket.socket, seconds: float) -> AbstractContextManager[None]:
    """Shut a connection down if it is still used `seconds` from now."""
    return _watch.over(connected, seconds)


def _begin_anew() -> None:
    global _watch
    _watch = Watch()


# A child of this process has neither the thread nor the requests.
os.register_at_fork(after_in_child=_begin_anew)
