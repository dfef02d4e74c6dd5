"""A back end of the bank: a real HTTP server on loopback that keeps what it is sent."""

import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    peer: Any = None
    """The client certificate, as `SSLSocket.getpeercert` gives it."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What to answer, and what to wait for before."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: threading.Event | None = None
    drip: bool = False
    """Send a header byte by byte, each in time, for much longer than the time-out."""
    hang: bool = False
    """Send no body after the headers."""


Respond = Callable[[Received], Reply]


class _Server(ThreadingHTTPServer):
    """Lets as many connections wait as a web server does.

    With the five of the standard library, a busy machine refuses connections that come together,
    and events wait for their second attempt.
    """

    request_queue_size = 512
    daemon_threads = True


class Receiver:
    """A running receiver; `replies` are used up first, then `respond` decides."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.received: list[Received] = []
        self.arrived = threading.Condition()
        self.replies: deque[Reply] = deque()
        self.respond: Respond = lambda request: Reply()
        self.closing = threading.Event()
        self.dripped_out = False
        self._server = _Server(("127.0.0.1", port), self._handler())
        if tls is not None:
            # The handshake is made by the thread of the request, not by the one that accepts.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}/events?from=bank"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def wait_for(self, count: int, *, timeout_s: float = 120) -> None:
        """Wait until so many requests have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.received) >= count, timeout_s)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, request: Received) -> Reply:
        with self.arrived:
            self.received.append(request)
            self.arrived.notify_all()
            return self.replies.popleft() if self.replies else self.respond(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer = None
                if isinstance(self.connection, ssl.SSLSocket):
                    peer = self.connection.getpeercert()
                reply = receiver._take(
                    Received(path=self.path, headers=dict(self.headers), body=body, peer=peer)
                )
                if reply.after is not None:
                    reply.after.wait(120)
                try:
                    self._answer(reply)
                except OSError:
                    return  # the client has gone

            def _answer(self, reply: Reply) -> None:
                self.send_response_only(reply.status)
                self.flush_headers()
                if reply.drip:
                    self._drip()
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.hang:
                    receiver.closing.wait(30)
                self.wfile.write(reply.body)

            def _drip(self) -> None:
                self.wfile.write(b"X-Drip: ")
                for _ in range(200):
                    self.wfile.write(b"1")
                    receiver.closing.wait(0.05)
                self.wfile.write(b"\r\n")
                receiver.dripped_out = True

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


@contextmanager
def receiving(*, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Receiver]:
    """Run a receiver until the end of the block."""
    receiver = Receiver(tls, port)
    try:
        yield receiver
    finally:
        receiver.close()
