"""One connection of a client: what has come, what has to go, and how long that may take."""

import socket
from enum import Enum, auto
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import LimitRequestHeaders, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

from enrollment_server.web.chunks import ChunkScanner

_HEAD_END = b"\r\n\r\n"
_MAX_HEAD = 32 * 1024  # bytes; the parser has narrower limits for each part of a head
_MAX_FRAMING = 64 * 1024  # bytes that chunks may cost beyond those of their content
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class State(Enum):
    """What a connection in the event loop waits for."""

    IDLE = auto()
    """The first byte of a request."""
    WORKING = auto()
    """Nothing of the client: a thread works on its request."""
    RECEIVING = auto()
    """The rest of a request."""
    SENDING = auto()
    """The client to take an answer."""
    CLOSING = auto()
    """The client to close, so that it gets the last answer whole: RFC 9112, section 9.6."""


class BodyTooLong(Exception):
    """A body comes in so many chunks that finding its end is work."""


class Answer:
    """Takes an answer in memory. The server's code takes it for the socket of a client."""

    def __init__(self) -> None:
        self.data = bytearray()

    def sendall(self, data: bytes) -> None:
        self.data += data

    def shutdown(self, how: int) -> None:
        raise OSError("the event loop closes connections")

    def close(self) -> None:
        """Nothing is open here."""


class _Received(Unreader):  # type: ignore[misc]
    """Gives the parser what has been received, and then the end: it never waits."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        return b""


class _Request(Request):  # type: ignore[misc]
    """A request whose client is only looked at if there may be one to believe."""

    def _peer_is_trusted_proxy(self) -> bool:
        # Where the list is empty, the parser would read each client's address to no end.
        return bool(self.cfg.forwarded_allow_ips) and bool(super()._peer_is_trusted_proxy())


class Connection:
    """The socket of a client and the request that it is sending.

    A request is parsed by the server's own parser, once its head is there; where it ends is what
    that parser says.
    """

    def __init__(
        self, config: Any, sock: socket.socket, client: Any, server: Any, *, body_limit: int
    ) -> None:
        self.sock = Answer()
        self.client = client
        self.server = server
        self.socket = sock
        self.state = State.IDLE
        self.deadline = 0.0  # of the monotonic clock
        self.keep = False
        self.leaves = False  # it ends with the answer under way
        self.events = 0  # for which the event loop looks
        self.request: Any = None
        self._config = config
        self._body_limit = body_limit
        self._received = bytearray()
        self._unreader = _Received()
        self._chunks: ChunkScanner | None = None
        self._requests = 0
        self._body = 0  # bytes of the request's body that the parser has got

    @property
    def held(self) -> int:
        """Bytes in memory for this client."""
        return len(self._received) + len(self.sock.data) + self._body

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is left to send, and nothing has come."""
        return not self.sock.data and not self._received

    @property
    def is_blank(self) -> bool:
        """Whether nothing of a request has come."""
        return self.request is None and not self._received.strip()

    def receive(self, size: int = 64 * 1024) -> bool:
        """Take what has come; False if the client has closed.

        Raises:
            OSError: the connection is broken, or nothing has come (BlockingIOError).
        """
        data = self.socket.recv(size)
        self._received += data
        return bool(data)

    def has_request(self) -> bool:
        """Tell whether a request is whole, so that a thread can work on `request` without waiting.

        A request with a body that is too long counts as whole, too: the application refuses it by
        its length.

        Raises:
            gunicorn.http.errors.ParseException: the request cannot be read.
            BodyTooLong: the same.
        """
        if self.request is None and not self._read_head():
            return False
        end = self._body_end()
        if end is None:
            if self.request._expected_100_continue:
                self.socket.send(_CONTINUE)
                self.request._expected_100_continue = False
            return False
        self.request._expected_100_continue = False
        self._body = end
        self._unreader.unread(bytes(self._received[:end]))
        del self._received[:end]
        return True

    def _read_head(self) -> bool:
        end = self._received.find(_HEAD_END)
        data = self._received
        if end >= 0:
            data = data[: end + len(_HEAD_END)]
        # A line that ends otherwise is refused at once, the head may never end.
        elif len(data) <= _MAX_HEAD and data.count(b"\n") == data.count(b"\r\n"):
            return False
        self._unreader = _Received()
        self._unreader.unread(bytes(data))
        try:
            self.request = _Request(self._config, self._unreader, self.client, self._requests + 1)
        except NoMoreData as error:
            raise LimitRequestHeaders("head too long") from error
        self._requests += 1
        del self._received[: len(data)]
        chunked = isinstance(self.request.body.reader, ChunkedReader)
        self._chunks = ChunkScanner() if chunked else None
        return True

    def _body_end(self) -> int | None:
        if self._chunks is not None:
            return self._end_of_chunks(self._chunks)
        length: int = self.request.body.reader.length
        if length > self._body_limit:
            self.request.force_close()
            return 0
        return length if len(self._received) >= length else None

    def _end_of_chunks(self, chunks: ChunkScanner) -> int | None:
        try:
            end = chunks.end(self._received)
        except ValueError:
            end = len(self._received)
            self.request.force_close()
        if end is None:
            content = chunks.arrived(self._received)
            if len(self._received) > 2 * content + _MAX_FRAMING:
                raise BodyTooLong
            if content > self._body_limit:
                end = len(self._received)
                self.request.force_close()
        return end

    def is_consumed(self) -> bool:
        """Tell whether the next request begins where this one's body ends, as far as it is known.

        What the application left of the body is read here.
        """
        body = self.request.body
        while not body.failed and body.read(64 * 1024):
            pass
        return not body.failed and not self._unreader.take_buffered()

    def forget_request(self) -> None:
        """Make room for the next one."""
        self.request = None
        self._chunks = None
        self._body = 0
        self._unreader = _Received()

    def send(self) -> bool:
        """Send of the answer what the client takes; True once it has all of it.

        Raises:
            OSError: the connection is broken.
        """
        data = self.sock.data
        while data:
            try:
                sent = self.socket.send(data)
            except BlockingIOError:
                return False
            del data[:sent]
        return True
