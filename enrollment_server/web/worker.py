"""The worker process of gunicorn: threads that clients cannot hold up.

gunicorn's own threads read requests and send answers; a few dozen clients that do either slowly
keep all of them busy. Here the event loop of the process does both, with a deadline for each
request and each answer. When there are too many connections, or too much memory is held for them,
those that wait give way: the one that has waited longest, or the one with most in memory.
"""

import errno
import logging
import socket
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from enrollment_server.web.connection import BodyTooLong, Connection, State
from enrollment_server.web.fixed_config import FixedConfig
from enrollment_server.web.refusals import answer, refusal_of
from enrollment_server.web.sharing import SharingWorker
from enrollment_server.web.threads import Threads
from enrollment_server.web.waiting import Waiting

logger = logging.getLogger(__name__)

_CLOSING_S = 2.0
_SWEEP_S = 0.5
_PROBES = ("/livez", "/readyz", "/metrics")
_PROBE_THREADS = 2  # a readiness probe may wait for the database
_NOTHING_TO_ACCEPT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
_NO_FILES_LEFT = (errno.EMFILE, errno.ENFILE)


class BufferingWorker(SharingWorker):
    """Hands whole requests to its threads, and receives and sends for them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting = Waiting(self._on_event)
        self._next_sweep = 0.0
        self._probe_pool: Threads[Connection]
        prefix = settings.CONTEXT_PATH.rstrip("/")
        self._probe_paths = frozenset({*_PROBES, *(prefix + path for path in _PROBES)})

    def init_process(self) -> None:
        """Prepare the forked process, and run it until it is told to end."""
        self._probe_pool = Threads(_PROBE_THREADS, self._work, name="probe")
        self.cfg: Any = FixedConfig(self.cfg)
        super().init_process()

    def run(self) -> None:
        """Serve; gunicorn has made the poller by now."""
        self._waiting.poller = self.poller
        try:
            super().run()
        finally:
            # The process lasts as long as its threads.
            self.tpool.shutdown(wait=False)
            self._probe_pool.shutdown(wait=False)

    def get_thread_pool(self) -> Threads[Connection]:
        """Give the threads of all other requests; gunicorn asks for them in the forked process."""
        return Threads(self.cfg.threads, self._work, name="request")

    # --- A connection comes ------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Take a new connection, if need be in the place of one that waits."""
        if self.leaves_to_others():
            return
        if self.nr_conns >= self.worker_connections - 1:
            self._displace(self._waiting.oldest())
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                self._displace(self._waiting.oldest())
            elif error.errno not in _NOTHING_TO_ACCEPT:
                raise
            return
        sock.setblocking(False)
        self.has_one_more()
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        conn = Connection(self.cfg, sock, address, listener.getsockname(), body_limit=limit)
        self._waiting.add(conn, State.IDLE, settings.WEB_REQUEST_TIMEOUT_S)
        # Most clients send at once.
        self._on_event(conn, sock)

    # --- The event loop ----------------------------------------------------------------------

    def _on_event(self, conn: Connection, sock: Any) -> None:
        if not self._waiting.waits(conn):
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
            self._waiting.remove(conn)
            self.enqueue_req(conn)
        else:
            self._displace(self._waiting.one_too_heavy(conn))

    def _go_on_sending(self, conn: Connection) -> None:
        if conn.send():
            self._waiting.remove(conn)
            self._next(conn)

    def _go_on_closing(self, conn: Connection) -> None:
        if not conn.socket.recv(64 * 1024):
            self._drop(conn)

    # --- Threads -----------------------------------------------------------------------------

    def enqueue_req(self, conn: Connection) -> None:
        """Let a thread work on a whole request; probes have threads of their own."""
        self.shed(conn)
        is_probe = conn.request.path in self._probe_paths
        (self._probe_pool if is_probe else self.tpool).submit(conn)

    def _work(self, conn: Connection) -> None:
        """Answer a request, in a thread; mostly the event loop has nothing to do with it then."""
        conn.keep = False
        try:
            conn.keep = self.handle(conn)
        finally:
            conn.forget_request()
            # All that is left for the event loop is what a client makes it wait for.
            may_rest = conn.keep and conn.is_at_rest
            if not (may_rest and self._waiting.rest(conn, self._patience_s)):
                self.method_queue.defer(self.finish_request, conn)

    def handle(self, conn: Connection) -> bool:
        """Answer a whole request, in a thread; False if the connection has to be closed then."""
        keep = False
        try:
            keep = bool(self.handle_request(conn.request, conn)) and conn.is_consumed()
        except (StopIteration, NoMoreData):
            logger.debug("request or answer broken off")
        except (Exception, SystemExit) as error:
            self.handle_error(conn.request, conn.sock, conn.client, error)
        # Mostly the client takes all of it at once.
        with suppress(OSError):
            conn.send()
        return keep

    def finish_request(self, conn: Connection) -> None:
        """Go on with a connection whose request is answered; in the event loop again."""
        if conn.sock.data:
            self._waiting.add(conn, State.SENDING, settings.WEB_REQUEST_TIMEOUT_S)
        else:
            self._next(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what gunicorn refuses, or what the application could not answer, as JSON."""
        status, error = refusal_of(exc)
        if status >= 500 and not isinstance(exc, ParseException):
            logger.error("request failed outside of a view", exc_info=exc)
        else:
            logger.info("request refused with %d: %s", status, type(exc).__name__)
        client.sendall(answer(status, error))

    # --- A connection goes on, or goes -------------------------------------------------------

    def _patience_s(self) -> float:
        return float(self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)

    def _next(self, conn: Connection) -> None:
        """Wait for the next request, or for the client to close."""
        if not conn.keep:
            self.count_as_leaving(conn)
            with suppress(OSError):
                conn.socket.shutdown(socket.SHUT_WR)
            self._waiting.add(conn, State.CLOSING, _CLOSING_S)
            return
        self._waiting.add(conn, State.IDLE, self._patience_s())
        if not conn.is_blank:
            conn.state = State.RECEIVING
            conn.deadline = time.monotonic() + settings.WEB_REQUEST_TIMEOUT_S
            self._begin(conn)

    def _refuse(self, conn: Connection, error: Exception) -> None:
        self._waiting.remove(conn)
        self.handle_error(conn.request, conn.sock, conn.client, error)
        conn.keep = False
        conn.forget_request()
        self._waiting.add(conn, State.SENDING, _CLOSING_S)

    def _displace(self, conn: Connection | None) -> None:
        if conn is not None:
            logger.debug("connection displaced")
            self._drop(conn)

    def _drop(self, conn: Connection) -> None:
        self._waiting.forget(conn)
        self.has_one_less(conn)
        conn.socket.close()

    # --- Deadlines: gunicorn's loop calls these at each turn ------------------------------------

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has waited too long, or all that waits."""
        if self.nr_conns >= self.worker_connections:
            # All worked on requests when the last one came. Now one waits, or will soon.
            self._displace(self._waiting.oldest())
        now = time.monotonic()
        if not force and now < self._next_sweep:
            return
        self._next_sweep = now + _SWEEP_S
        for conn in self._waiting.all() if force else self._waiting.overdue():
            if conn.state is State.RECEIVING and not force:
                self._refuse(conn, TimeoutError())
            else:
                self._drop(conn)

    def murder_pending(self) -> None:
        """Nothing more: the sweep above knows all that wait."""

    def _cap_keepalive(self, deadline: float) -> None:
        self._waiting.hurry(deadline)
