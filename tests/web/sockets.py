"""Clients below HTTP: bytes to a socket, and bytes back."""

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from enrollment_server.demo.own_server import OwnServer

# No answer takes this long on a machine that is busy with something else; without the rules that
# are tested here, it would never come.
PATIENCE_S = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, with all that came behind it."""

    status: int
    head: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(server: OwnServer, *, receive_buffer: int | None = None) -> socket.socket:
    """Open a connection to a server."""
    url = urlsplit(server.url)
    sock = socket.socket()
    sock.settimeout(PATIENCE_S)
    if receive_buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect((url.hostname, url.port))
    return sock


def until_closed(sock: socket.socket) -> bytes:
    """Give all that comes until the server closes."""
    received = bytearray()
    while data := sock.recv(65536):
        received += data
    return bytes(received)


def parsed(received: bytes) -> Answer:
    """Read an answer."""
    head, _, body = received.partition(b"\r\n\r\n")
    text = head.decode("ascii")
    return Answer(status=int(text.split(" ", 2)[1]), head=text, body=body)


def ask(server: OwnServer, request: bytes) -> Answer:
    """Send bytes on a connection of their own, and give the answer; the server has to close."""
    with connect(server) as sock:
        sock.sendall(request)
        return parsed(until_closed(sock))


def get(path: str, *headers: str) -> bytes:
    """Give the bytes of a GET after which the server closes."""
    return request("GET", path, "Connection: close", *headers)


def post(path: str, body: bytes, *headers: str) -> bytes:
    """Give the bytes of a POST of JSON after which the server closes."""
    lines = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close")
    return request("POST", path, *lines, *headers) + body


def request(method: str, path: str, *headers: str) -> bytes:
    """Give the bytes of the head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode("ascii")
