"""Kept connections spread evenly over the processes, however they come and whatever ends."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from enrollment_server.demo.own_server import OwnServer, own_server
from tests.web.established import connections_by_process, workers
from tests.web.sockets import PATIENCE_S, connect, parsed, request

ASKING = request("GET", "/livez")
MOST = 0.6  # of all connections, in one of two processes


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[OwnServer]:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/bank.sqlite3", "WEB_PROCESSES": "2"}
    with own_server(environment, arguments=("--no-demo", "--migrate")) as running:
        yield running


class Client:
    """Keeps its connection as long as the server does, as a proxy would."""

    def __init__(self, server: OwnServer) -> None:
        self._server = server
        self._socket = connect(server)

    def ask(self) -> None:
        """Ask on the kept connection; on another one if the server closed it."""
        answer = self._answer()
        while answer is None:
            self.close()
            self._socket = connect(self._server)
            answer = self._answer()
        assert answer.startswith("HTTP/1.1 200")
        if "Connection: close" in answer:
            self.close()
            self._socket = connect(self._server)

    def _answer(self) -> str | None:
        with suppress(ConnectionError):
            self._socket.sendall(ASKING)
            received = self._socket.recv(4096)
            return parsed(received).head if received else None
        return None

    def close(self) -> None:
        self._socket.close()


def assert_becomes_even(server: OwnServer, clients: list[Client]) -> None:
    """Let the clients ask in turn until no process holds most of them, as they soon will."""
    until = time.monotonic() + PATIENCE_S
    held = connections_by_process(server)
    while len(held) < 2 or sum(held.values()) < len(clients) or max(held.values()) > _most(clients):
        assert time.monotonic() < until, held
        for client in clients:
            client.ask()
        held = connections_by_process(server)


def _most(clients: list[Client]) -> float:
    return MOST * len(clients)


@pytest.mark.parametrize("number", [8, 16, 40])
def test_connections_that_come_together(two_processes: OwnServer, number: int) -> None:
    clients = [Client(two_processes) for _ in range(number)]
    assert_becomes_even(two_processes, clients)
    for client in clients:
        client.close()


def test_process_that_takes_the_place_of_a_dead_one(two_processes: OwnServer) -> None:
    clients = [Client(two_processes) for _ in range(16)]
    assert_becomes_even(two_processes, clients)
    dead = workers(two_processes)[0]
    os.kill(dead, signal.SIGKILL)
    # Nobody is asked to wait for it, and the other one keeps nothing to itself.
    for client in clients:
        client.ask()
    assert_becomes_even(two_processes, clients)
    assert dead not in connections_by_process(two_processes)
    for client in clients:
        client.close()


def test_process_that_does_not_move_keeps_no_client_waiting(two_processes: OwnServer) -> None:
    clients = [Client(two_processes) for _ in range(8)]
    assert_becomes_even(two_processes, clients)
    stopped, other = workers(two_processes)
    os.kill(stopped, signal.SIGSTOP)
    try:
        more = [Client(two_processes) for _ in range(8)]
        for client in more:
            client.ask()
        assert connections_by_process(two_processes)[other] >= len(more)
    finally:
        os.kill(stopped, signal.SIGCONT)
    for client in (*clients, *more):
        client.ask()
        client.close()


def test_new_processes_of_a_reload_take_over(two_processes: OwnServer) -> None:
    clients = [Client(two_processes) for _ in range(8)]
    before = set(workers(two_processes))
    two_processes.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + PATIENCE_S
    while before & set(workers(two_processes)):
        assert time.monotonic() < until
        for client in clients:
            client.ask()
    assert_becomes_even(two_processes, clients)
    for client in clients:
        client.close()
