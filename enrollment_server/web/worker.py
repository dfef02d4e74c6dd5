"""The worker process of gunicorn: threads that clients cannot hold up.

gunicorn's own threads read requests and send answers; a few dozen clients that do either slowly
keep all of them busy. Here the event loop of the process does both, with a deadline for each
request and each answer. When there are too many connections, or too much memory is held for them,
those that wait give way: the one that has waited longest, or the one with most in memory.
"""

import errno
import logging
import selectors
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from enrollment_server.web.connection import BodyTooLong, Connection, State
from enrollment_server.web.refusals import answer, refusal_of

logger = logging.getLogger(__name__)

MAX_HELD = 64 * 1024 * 1024  # bytes of requests and answers, in one process
_CLOSING_S = 2.0
_SWEEP_S = 0.5
_PROBES = ("/livez", "/readyz", "/metrics")
_PROBE_THREADS = 2  # a readiness probe may wait for the database
_NOTHING_TO_ACCEPT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
_NO_FILES_LEFT = (errno.EMFILE, errno.ENFILE)


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """Hands whole requests to its threads, and sends their answers itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order in which they began to wait.
        self._waiting: dict[Connection, None] = {}
        self._held: dict[Connection, int] = {}
        self._held_bytes = 0
        self._next_sweep = 0.0
        self._probe_pool: ThreadPoolExecutor
        prefix = settings.CONTEXT_PATH.rstrip("/")
        self._probe_paths = frozenset({*_PROBES, *(prefix + path for path in _PROBES)})

    def init_process(self) -> None:
        """Prepare the forked process, and run it until it is told to end."""
        self._probe_pool = ThreadPoolExecutor(_PROBE_THREADS, thread_name_prefix="probe")
        super().init_process()

    # --- A connection comes ------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Take a new connection, if need be in the place of one that waits."""
        if self.nr_conns >= self.worker_connections - 1:
            self._displace_oldest()
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                self._displace_oldest()
            elif error.errno not in _NOTHING_TO_ACCEPT:
                raise
            return
        sock.setblocking(False)
        self.nr_conns += 1
        conn = Connection(
            self.cfg,
            sock,
            address,
            listener.getsockname(),
            body_limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        )
        self._wait(conn, State.IDLE, settings.WEB_REQUEST_TIMEOUT_S)
        # Most clients send at once.
        self._on_event(conn, sock)

    # --- The event loop ----------------------------------------------------------------------

    def _wait(self, conn: Connection, state: State, seconds: float) -> None:
        events = selectors.EVENT_WRITE if state is State.SENDING else selectors.EVENT_READ
        conn.state = state
        conn.deadline = time.monotonic() + seconds
        self._waiting[conn] = None
        self.poller.register(conn.socket, events, partial(self._on_event, conn))
        self._account(conn)

    def _wait_no_more(self, conn: Connection) -> None:
        del self._waiting[conn]
        self.poller.unregister(conn.socket)

    def _on_event(self, conn: Connection, sock: Any) -> None:
        # Another event of the same moment may have displaced it.
        if conn not in self._waiting:
            return
        try:
            if conn.state is State.SENDING:
                self._go_on_sending(conn)
            elif conn.state is State.CLOSING:
                self._go_on_closing(conn)
            else:
                self._go_on_receiving(conn)
        except BlockingIOError:
            return
        except OSError:
            self._drop(conn)
        except Exception:
            logger.exception("connection given up")
            self._drop(conn)

    def _go_on_receiving(self, conn: Connection) -> None:
        if not conn.receive():
            self._drop(conn)
            return
        if conn.state is State.IDLE and not conn.is_blank:
            # From its first byte on, a request has so long, however many bytes come meanwhile.
            conn.state = State.RECEIVING
            conn.deadline = time.monotonic() + settings.WEB_REQUEST_TIMEOUT_S
        self._begin(conn)

    def _begin(self, conn: Connection) -> None:
        """Hand a waiting connection to a thread if its request is whole."""
        try:
            whole = conn.has_request()
        except (ParseException, BodyTooLong) as error:
            self._refuse(conn, error)
            return
        if whole:
            self._wait_no_more(conn)
            self._account(conn)
            self.enqueue_req(conn)
            return
        self._account(conn)
        if self._held_bytes > MAX_HELD:
            self._displace(max(self._waiting, key=lambda one: one.held))

    def _go_on_sending(self, conn: Connection) -> None:
        if conn.send():
            self._wait_no_more(conn)
            self._next(conn)

    def _go_on_closing(self, conn: Connection) -> None:
        if not conn.socket.recv(64 * 1024):
            self._drop(conn)

    # --- Threads -----------------------------------------------------------------------------

    def enqueue_req(self, conn: Connection) -> None:
        """Let a thread work on a whole request; probes have threads of their own."""
        is_probe = conn.request.path in self._probe_paths
        future = (self._probe_pool if is_probe else self.tpool).submit(self.handle, conn)
        future.add_done_callback(
            lambda done: self.method_queue.defer(self.finish_request, conn, done)
        )

    def handle(self, conn: Connection) -> bool:
        """Answer a whole request, in a thread; False if the connection has to be closed then."""
        keep = False
        try:
            keep = bool(self.handle_request(conn.request, conn)) and conn.is_consumed()
        except (StopIteration, NoMoreData):
            logger.debug("request or answer broken off")
        except Exception as error:
            self.handle_error(conn.request, conn.sock, conn.client, error)
        # Mostly the client takes all of it at once, and the event loop has nothing to do.
        with suppress(OSError):
            conn.send()
        return keep

    def finish_request(self, conn: Connection, done: "Future[bool]") -> None:
        """Go on with a connection whose request is answered; in the event loop again."""
        conn.keep = done.result()
        conn.forget_request()
        if conn.sock.data:
            self._wait(conn, State.SENDING, settings.WEB_REQUEST_TIMEOUT_S)
        else:
            self._next(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what gunicorn refuses, or what the application could not answer, as JSON."""
        status, error = refusal_of(exc)
        if status >= 500 and not isinstance(exc, ParseException):
            logger.error("request failed outside of a view", exc_info=exc)
        else:
            logger.info("request refused with %d: %s", status, type(exc).__name__)
        client.sendall(answer(status, error))

    # --- A connection goes on, or goes -------------------------------------------------------

    def _next(self, conn: Connection) -> None:
        """Wait for the next request, or for the client to close."""
        if not conn.keep:
            with suppress(OSError):
                conn.socket.shutdown(socket.SHUT_WR)
            self._wait(conn, State.CLOSING, _CLOSING_S)
            return
        self._wait(conn, State.IDLE, self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        if not conn.is_blank:
            conn.state = State.RECEIVING
            conn.deadline = time.monotonic() + settings.WEB_REQUEST_TIMEOUT_S
            self._begin(conn)

    def _refuse(self, conn: Connection, error: Exception) -> None:
        self._wait_no_more(conn)
        self.handle_error(conn.request, conn.sock, conn.client, error)
        conn.keep = False
        conn.forget_request()
        self._wait(conn, State.SENDING, _CLOSING_S)

    def _displace_oldest(self) -> None:
        if self._waiting:
            self._displace(next(iter(self._waiting)))

    def _displace(self, conn: Connection) -> None:
        logger.debug("connection displaced")
        self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        if conn in self._waiting:
            self._wait_no_more(conn)
        self._held_bytes -= self._held.pop(conn, 0)
        self.nr_conns -= 1
        conn.socket.close()

    def _account(self, conn: Connection) -> None:
        held = conn.held
        self._held_bytes += held - self._held.get(conn, 0)
        self._held[conn] = held

    # --- Deadlines: gunicorn's loop calls these at each turn ------------------------------------

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has waited too long, or all that waits."""
        if self.nr_conns >= self.worker_connections:
            # All worked on requests when the last one came. Now one waits, or will soon.
            self._displace_oldest()
        now = time.monotonic()
        if not force and now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP_S
        for conn in [one for one in self._waiting if force or one.deadline <= now]:
            if conn.state is State.RECEIVING and not force:
                self._refuse(conn, TimeoutError())
            else:
                self._drop(conn)

    def murder_pending(self) -> None:
        """Nothing more: the sweep above knows all that wait."""

    def _cap_keepalive(self, deadline: float) -> None:
        for conn in self._waiting:
            if conn.state is State.IDLE:
                conn.deadline = min(conn.deadline, deadline)
