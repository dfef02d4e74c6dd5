"""The load generator for machines without a C compiler; a program, called like `generator.c`.

It takes a multiple of the CPU of its twin, and so a part of what the server could have had.
"""

import json
import resource
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

PATIENCE_S = 30.0
SHOWN = 256  # bytes of the first refusal
_RECORD = struct.Struct("=II")


class Answer(NamedTuple):
    """An answer that is whole."""

    status: int
    body: bytes
    closes: bool


def whole_answer(held: bytes, *, ended: bool) -> Answer | None:
    """Read what came on a connection; None if the answer is not whole yet."""
    head, separator, body = held.partition(b"\r\n\r\n")
    if not separator:
        return None
    status = int(head[9:12])
    members = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
    closes = members.get(b"connection", b"").strip() == b"close"
    if b"chunked" in members.get(b"transfer-encoding", b""):
        # Nothing is sent ahead, so the last chunk is the end of what came.
        is_whole = body == b"0\r\n\r\n" or body.endswith(b"\n0\r\n\r\n")
    elif b"content-length" in members:
        is_whole = len(body) >= int(members[b"content-length"])
    else:
        closes = closes or ended
        is_whole = ended or status in (204, 304)
    return Answer(status, body, closes) if is_whole else None


@dataclass(slots=True)
class _Connection:
    requests: list[bytes] = field(default_factory=list)
    sock: socket.socket = field(default_factory=socket.socket)
    next: int = 0
    sent: int = 0
    busy: bool = False
    since: float = 0.0
    held: bytes = b""

    def has_more(self, *, cycle: bool) -> bool:
        return bool(self.requests) and (cycle or self.next < len(self.requests))


class Run:
    """One load, from the first request to the last answer."""

    def __init__(self, path: Path, address: tuple[str, int], *, cycle: bool) -> None:
        """Read the requests, and reach the server by one connection for each queue of them."""
        self.connections: list[_Connection] = []
        self.times: list[float] = []
        self.refused = self.broken = 0
        self.refusal: Answer | None = None
        self.exhausted = False
        self._address = address
        self._cycle = cycle
        self._turn = 0
        self._selector = selectors.DefaultSelector()
        content = path.read_bytes()
        at = 0
        while at < len(content):
            number, length = _RECORD.unpack_from(content, at)
            at += _RECORD.size
            while len(self.connections) <= number:
                self.connections.append(_Connection())
            self.connections[number].requests.append(content[at : at + length])
            at += length
        for one in self.connections:
            self._reach(one)

    def _reach(self, one: _Connection) -> None:
        one.sock = socket.create_connection(self._address, PATIENCE_S)
        one.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.busy, one.held = False, b""
        self._selector.register(one.sock, selectors.EVENT_READ, one)

    def _reach_again(self, one: _Connection) -> None:
        self._selector.unregister(one.sock)
        one.sock.close()
        self._reach(one)

    def _begin(self, one: _Connection, since: float) -> None:
        if one.next == len(one.requests):
            one.next = 0
        request = one.requests[one.next]
        one.next += 1
        one.sent += 1
        one.since, one.busy = since, True
        # A closed connection is noticed, and counted, where its answer is awaited.
        with suppress(OSError):
            one.sock.sendall(request)

    def _receive(self, one: _Connection) -> None:
        try:
            came = one.sock.recv(256 * 1024)
        except OSError:
            came = b""
        one.held += came
        answer = whole_answer(one.held, ended=not came) if one.busy else None
        if answer is not None:
            self._note(one, answer)
            one.busy, one.held = False, b""
            if answer.closes:
                self._reach_again(one)
        elif not came:
            self.broken += one.busy
            self._reach_again(one)

    def _note(self, one: _Connection, answer: Answer) -> None:
        self.times.append(time.perf_counter() - one.since)
        if answer.status != 200:
            self.refused += 1
            self.refusal = self.refusal or answer

    def _await(self, until: float, then: Callable[[_Connection], None]) -> None:
        for key, _ in self._selector.select(max(until - time.perf_counter(), 0)):
            self._receive(key.data)
            then(key.data)

    def busy_count(self) -> int:
        """Count the requests without an answer."""
        return sum(one.busy for one in self.connections)

    def closed(self, end: float) -> None:
        """Send as fast as answers come, until `end`."""

        def go_on(one: _Connection) -> None:
            moment = time.perf_counter()
            if one.busy or self.exhausted or moment >= end:
                return
            # A load with fewer connections would be another load: the first end of a queue ends it.
            self.exhausted = not one.has_more(cycle=self._cycle)
            if not self.exhausted:
                self._begin(one, moment)

        for one in self.connections:
            go_on(one)
        while self.busy_count() and time.perf_counter() < end + PATIENCE_S:
            self._await(end + PATIENCE_S, go_on)

    def open(self, start: float, end: float, rate: float) -> int:
        """Send at fixed moments; give how many requests should have begun, and did not."""
        total, begun = round((end - start) * rate), 0
        while time.perf_counter() < end + PATIENCE_S:
            until = end + PATIENCE_S
            while begun < total and not self._is_exhausted():
                due = start + begun / rate
                if due > time.perf_counter():
                    until = due
                    break
                idle = self._idle()
                if idle is None:
                    break
                self._begin(idle, due)
                begun += 1
            if (begun == total or self.exhausted) and not self.busy_count():
                break
            self._await(until, lambda _: None)
        return total - begun

    def _is_exhausted(self) -> bool:
        self.exhausted = not any(one.has_more(cycle=self._cycle) for one in self.connections)
        return self.exhausted

    def _idle(self) -> _Connection | None:
        for _ in self.connections:
            one = self.connections[self._turn % len(self.connections)]
            self._turn += 1
            if not one.busy and one.has_more(cycle=self._cycle):
                return one
        return None


def _milliseconds(times: list[float], percent: int) -> float:
    """Give the time within which so many percent of the answers came: the nearest rank."""
    if not times:
        return 0.0
    rank = (len(times) * percent + 99) // 100
    return round(times[max(rank, 1) - 1] * 1000, 3)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def report(run: Run, *, elapsed_s: float, cpu_s: float, unsent: int) -> dict[str, Any]:
    """Say what was seen, in the members that `generator.c` writes."""
    times = sorted(run.times)
    refusal = run.refusal or Answer(0, b"", False)
    return {
        "answered": len(times),
        "refused": run.refused,
        "broken": run.broken,
        "unsent": unsent,
        "exhausted": run.exhausted,
        "elapsed_s": elapsed_s,
        "per_second": len(times) / elapsed_s,
        "cpu_s": cpu_s,
        "p50_ms": _milliseconds(times, 50),
        "p95_ms": _milliseconds(times, 95),
        "p99_ms": _milliseconds(times, 99),
        "max_ms": _milliseconds(times, 100),
        "sent": [one.sent for one in run.connections],
        "refusal_status": refusal.status,
        "refusal_body": refusal.body[:SHOWN].decode("latin-1"),
    }


def main(arguments: list[str]) -> None:
    path, host, port, seconds, rate, cycle = arguments
    run = Run(Path(path), (host, int(port)), cycle=cycle == "1")
    cpu, start, unsent = _cpu_s(), time.perf_counter(), 0
    end = start + float(seconds)
    if float(rate) > 0:
        unsent = run.open(start, end, float(rate))
    else:
        run.closed(end)
    run.broken += run.busy_count()
    elapsed = time.perf_counter() - start
    print(json.dumps(report(run, elapsed_s=elapsed, cpu_s=_cpu_s() - cpu, unsent=unsent)))


if __name__ == "__main__":
    main(sys.argv[1:])
