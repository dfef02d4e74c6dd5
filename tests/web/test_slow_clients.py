"""Slow clients keep nobody else waiting: real sockets against a real server."""

import select
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from enrollment_server.demo.own_server import OwnServer, own_server
from tests.web.sockets import PATIENCE_S, ask, connect, get, parsed, post, request, until_closed

STATUS = "/rest/v3/status"
POST = request("POST", STATUS, "Content-Type: application/json", "Content-Length: 100")
UNFINISHED = [
    b"P",
    b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ",
    POST,
    POST + b'{"requestObject": ',
    request("POST", STATUS, "Transfer-Encoding: chunked") + b"5\r\nab",
    request("POST", STATUS, "Content-Length: 100", "Expect: 100-continue"),
]
LARGE = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


@contextmanager
def small_server(folder: Path, **environment: str) -> Iterator[OwnServer]:
    """Run a server with one process."""
    whole = {"DATABASE_URL": f"sqlite:///{folder}/bank.sqlite3", "WEB_PROCESSES": "1"}
    with own_server({**whole, **environment}, arguments=("--no-demo", "--migrate")) as running:
        yield running


def assert_serves(server: OwnServer) -> None:
    """Ask for the probes and for an answer of an API."""
    for path in ("/livez", "/readyz"):
        assert ask(server, get(path)).json == {"status": "UP"}
    assert ask(server, post(STATUS, b"{}")).json["status"] == "OK"


def test_unfinished_requests_and_idle_connections(server: OwnServer) -> None:
    with ExitStack() as clients:
        for sent in UNFINISHED * 10:
            clients.enter_context(connect(server)).sendall(sent)
        for _ in range(200):
            clients.enter_context(connect(server))
        for _ in range(3):
            assert_serves(server)


def test_clients_that_do_not_take_their_answers(server: OwnServer) -> None:
    with ExitStack() as clients:
        socks = [clients.enter_context(connect(server, receive_buffer=4096)) for _ in range(30)]
        for sock in socks:
            sock.sendall(get(LARGE))
        assert_serves(server)
        # And whoever takes it late gets all of it.
        answer = parsed(until_closed(socks[0]))
        assert answer.status == 200
        assert f"Content-Length: {len(answer.body)}" in answer.head


def test_clients_that_do_not_close(server: OwnServer) -> None:
    with ExitStack() as clients:
        socks = [clients.enter_context(connect(server)) for _ in range(40)]
        for sock in socks:
            sock.sendall(get("/livez"))
            assert parsed(sock.recv(4096)).status == 200
        assert_serves(server)


def test_request_has_so_long_however_often_a_byte_comes(tmp_path: Path) -> None:
    with small_server(tmp_path, WEB_REQUEST_TIMEOUT_S="1") as server, ExitStack() as clients:
        trickling = clients.enter_context(connect(server))
        trickling.sendall(POST)
        began = time.monotonic()
        while not select.select([trickling], [], [], 0.1)[0]:
            assert time.monotonic() - began < PATIENCE_S
            trickling.sendall(b" ")
        assert time.monotonic() - began >= 0.9
        answer = parsed(trickling.recv(65536))
        assert (answer.status, answer.json["status"]) == (408, "ERROR")
        idle = clients.enter_context(connect(server))
        assert until_closed(idle) == b""
        # A request that comes in time may be followed by a pause.
        kept = clients.enter_context(connect(server))
        for _ in range(2):
            kept.sendall(request("GET", "/livez"))
            assert parsed(kept.recv(4096)).status == 200
            assert not select.select([kept], [], [], 1.5)[0]


def test_oldest_connection_that_waits_gives_way(tmp_path: Path) -> None:
    with small_server(tmp_path, WEB_CONNECTIONS="16") as server, ExitStack() as clients:
        socks = [clients.enter_context(connect(server)) for _ in range(40)]
        assert_serves(server)
        assert until_closed(socks[0]) == b""


def test_memory_for_unfinished_requests_has_a_limit(tmp_path: Path) -> None:
    size = 1_000_000
    head = request("POST", STATUS, "Content-Type: application/json", f"Content-Length: {size}")
    environment = {"WEB_REQUEST_TIMEOUT_S": "600"}
    with small_server(tmp_path, **environment) as server, ExitStack() as clients:
        socks = [clients.enter_context(connect(server)) for _ in range(75)]
        for sock in socks:
            with suppress(ConnectionError):
                sock.sendall(head + b" " * (size - 1))
        displaced, _, _ = select.select(socks, [], [], PATIENCE_S)
        assert displaced
        for sock in displaced:
            with suppress(ConnectionError):
                assert sock.recv(4096) == b""
        assert_serves(server)


def test_probes_answer_while_all_threads_wait(tmp_path: Path) -> None:
    path = "/rest/v3/application/create"
    bodies = [b'{"requestObject": {"applicationId": "a-%d"}}' % number for number in range(6)]
    with small_server(tmp_path, WEB_THREADS="2") as server, ExitStack() as clients:
        database = sqlite3.connect(tmp_path / "bank.sqlite3", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        socks = [clients.enter_context(connect(server)) for _ in bodies]
        for sock, body in zip(socks, bodies, strict=True):
            sock.sendall(post(path, body))
        for probe in ("/livez", "/readyz", "/enrollment-server/livez"):
            assert ask(server, get(probe)).json == {"status": "UP"}
        assert not select.select(socks, [], [], 0)[0]
        database.execute("ROLLBACK")
        database.close()
        assert [parsed(until_closed(sock)).status for sock in socks] == [200] * 6


def test_server_ends_although_connections_are_open(tmp_path: Path) -> None:
    with small_server(tmp_path) as server, ExitStack() as clients:
        kept = clients.enter_context(connect(server))
        kept.sendall(request("GET", "/livez"))
        assert parsed(kept.recv(4096)).status == 200
        for _ in range(20):
            clients.enter_context(connect(server))
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE_S) == 0


def test_requests_that_come_together_are_answered_in_order(server: OwnServer) -> None:
    body = b'{"requestObject": {}}'
    head = request("POST", STATUS, "Content-Type: application/json", f"Content-Length: {len(body)}")
    answer = ask(server, head + body + request("GET", "/nothing") + get("/livez"))
    received = answer.head.encode() + b"\r\n\r\n" + answer.body
    first, second, third = (part for part in received.split(b"HTTP/1.1 ") if part)
    assert (first[:3], second[:3], third[:3]) == (b"200", b"404", b"200")
    assert third.endswith(b'{"status": "UP"}')


def test_client_that_asks_before_it_sends_its_body(server: OwnServer) -> None:
    body = b'{"requestObject": {}}'
    whole = post(STATUS, body, "Expect: 100-continue")
    with connect(server) as sock:
        sock.sendall(whole.removesuffix(body))
        assert sock.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        answer = parsed(until_closed(sock))
    assert (answer.status, answer.json["status"]) == (200, "OK")


def test_client_that_is_gone_costs_nothing(server: OwnServer) -> None:
    for sent in (*UNFINISHED, post(STATUS, b"{}"), get(LARGE)):
        sock = connect(server)
        sock.sendall(sent)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        sock.close()
    assert_serves(server)
    assert "Traceback" not in "\n".join(server.output)
