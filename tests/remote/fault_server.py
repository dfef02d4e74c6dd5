"""A server that answers wrongly in every way that there is."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], bool]
"""Answers one request; tells whether the connection stays open."""


def answer(status: int, body: bytes, *headers: str) -> Behaviour:
    """Give a whole answer."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Length: {len(body)}", *headers]
    content = "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def behave(connection: socket.socket) -> bool:
        connection.sendall(content)
        return True

    return behave


def json_answer(status: int, value: object) -> Behaviour:
    """Give a whole answer of JSON."""
    return answer(status, json.dumps(value).encode(), "Content-Type: application/json")


def result(value: object) -> Behaviour:
    """Give a success with an object."""
    return json_answer(200, {"status": "OK", "responseObject": value})


def refusal(code: object) -> Behaviour:
    """Give a refusal with a code."""
    object_ = {"code": code, "message": "No.", "localizedMessage": "No."}
    return json_answer(400, {"status": "ERROR", "responseObject": object_})


def raw(content: bytes) -> Behaviour:
    """Send anything, and close the connection."""

    def behave(connection: socket.socket) -> bool:
        connection.sendall(content)
        return False

    return behave


def silent(connection: socket.socket) -> bool:
    """Take the request, and say nothing."""
    return True


def dripping(begin: bytes) -> Behaviour:
    """Send byte after byte, without an end."""

    def behave(connection: socket.socket) -> bool:
        connection.sendall(begin)
        while True:
            connection.sendall(b"a")
            time.sleep(0.1)

    return behave


_LENGTH = b"\r\ncontent-length:"
_NO_BODY = _LENGTH + b" 0"  # unless the request says otherwise


@dataclass(kw_only=True)
class FaultServer:
    """A running server; `behaviour` may be changed at any time."""

    url: str
    behaviour: Behaviour = silent
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


def _serve(server: FaultServer, connection: socket.socket) -> None:
    with connection:
        try:
            while head := connection.recv(65536):
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                headers, _, body = head.partition(b"\r\n\r\n")
                length = int((headers.lower() + _NO_BODY).partition(_LENGTH)[2].split()[0])
                while len(body) < length:
                    body += connection.recv(65536)
                server.requests.append(headers + b"\r\n\r\n" + body)
                if not server.behaviour(connection):
                    return
        except OSError:
            return


@contextmanager
def fault_server() -> Iterator[FaultServer]:
    """Run one on a free loopback port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = FaultServer(url=f"http://127.0.0.1:{listening.getsockname()[1]}/rest")

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                server.connections += 1
                threading.Thread(target=_serve, args=(server, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
