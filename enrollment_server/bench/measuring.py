"""One row on one server: warm-up, statements, floor, load, open arrivals, and what they cost."""

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan

from enrollment_server.bench.bank import CONNECTIONS, BenchBank
from enrollment_server.bench.database import Postgresql
from enrollment_server.bench.load import LoadFailed, Measured, Queues
from enrollment_server.bench.processes import machine_cpu_s, processes, tree_cpu_s
from enrollment_server.bench.results import Result
from enrollment_server.bench.rows.row import Livez, Row
from enrollment_server.bench.rows.table import ROWS
from enrollment_server.bench.signing import Signers

WARM_UP_SHARE, FLOOR_SHARE = 0.15, 0.2  # of the seconds of a row
OPEN_SHARE = 0.8  # of the highest rate
_COUNTED_EACH = 2
_COUNTING_S = 60.0  # much more than it takes
# Some connections are served faster, and the rate may rise behind the warm-up.
_SPARE = 2.5
_MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was used until a moment, in seconds."""

    server: float
    behind: float
    """By the server behind, if there is one."""
    postgresql: float
    own: float
    """By the benchmark and all that it started, the servers among them."""
    machine: float
    at: float
    fsyncs: float


@dataclass(kw_only=True)
class Subject:
    """A server that is measured, with its bank and its rows."""

    label: str
    """Its revision, or how it is set up."""
    server_pid: int
    """The process that started its others."""
    bank: BenchBank
    postgresql: Postgresql
    databases: Sequence[str]
    """The names of its databases there."""
    signers: Signers
    generator: Sequence[str]
    """Command of the load generator."""
    behind_pid: int | None = None
    """The same of the server that it stands in front of."""
    _rows: dict[str, Row] = field(default_factory=dict, init=False)
    _counts: dict[str, tuple[float, float]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._postmaster = self.postgresql.postmaster()
        self._livez = Livez(self.bank, self.signers)

    def measure(self, name: str, *, seconds: float) -> Result:
        """Measure a row once.

        Raises:
            LoadFailed: an answer was not HTTP 200, or did not come.
        """
        if name not in self._rows:
            self._rows[name] = ROWS[name](self.bank, self.signers)
            self.bank.analyze()
        row = self._rows[name]
        each = math.ceil(row.most_per_second * WARM_UP_SHARE * seconds / CONNECTIONS)
        warm = self._load(row, each=each, seconds=WARM_UP_SHARE * seconds)
        if name not in self._counts:
            self._counts[name] = self._counted(row)
        floor = self._load(self._livez, each=1, seconds=FLOOR_SHARE * seconds)
        queues = row.queues(_enough(warm.per_second, seconds))
        before = self._usage()
        load = self._send(row, queues, seconds=seconds)
        after = self._usage()
        opened = self._opened(row, load.per_second * OPEN_SHARE, seconds) if row.opens else None
        return _result(load, floor, opened, self._counts[name], before, after)

    def _opened(self, row: Row, per_second: float, seconds: float) -> Measured:
        queues = row.queues(_enough(per_second, seconds))
        opened = self._send(row, queues, seconds=seconds, per_second=per_second)
        if opened.unsent:
            raise LoadFailed(f"{row.name}: {opened.unsent} open arrivals had no request left")
        return opened

    def _load(self, row: Row, *, each: int, seconds: float) -> Measured:
        return self._send(row, row.queues(each), seconds=seconds)

    def _send(
        self,
        row: Row,
        queues: Sequence[Sequence[bytes]],
        *,
        seconds: float,
        per_second: float = 0.0,
        cycle: bool | None = None,
    ) -> Measured:
        load = row.send(
            self.generator,
            queues,
            seconds=seconds,
            per_second=per_second,
            cycle=row.cycles if cycle is None else cycle,
        )
        return load.insist(row.name)

    def _counted(self, row: Row) -> tuple[float, float]:
        """Give statements and round trips a request, of a server that is warm."""
        with self.postgresql.logging_statements():
            self._send_few(row, self._few(row))
            # Whatever it takes to write them is not counted.
            few = self._few(row)
            with self.postgresql.counted(*self.databases) as counted:
                load = self._send_few(row, few)
        return counted.statements / load.answered, counted.round_trips / load.answered

    def _few(self, row: Row) -> Queues:
        return [queue[:_COUNTED_EACH] for queue in row.queues(_COUNTED_EACH)]

    def _send_few(self, row: Row, few: Queues) -> Measured:
        return self._send(row, few, seconds=_COUNTING_S, cycle=False)

    def _usage(self) -> Usage:
        running = processes()
        return Usage(
            server=tree_cpu_s(running, self.server_pid),
            behind=tree_cpu_s(running, self.behind_pid),
            postgresql=tree_cpu_s(running, self._postmaster),
            own=tree_cpu_s(running, os.getpid()),
            machine=machine_cpu_s(),
            at=time.monotonic(),
            fsyncs=self.postgresql.fsyncs(),
        )


def _enough(per_second: float, seconds: float) -> int:
    return math.ceil(per_second * seconds * _SPARE / CONNECTIONS) + _COUNTED_EACH


def _result(
    load: Measured,
    floor: Measured,
    opened: Measured | None,
    counts: tuple[float, float],
    before: Usage,
    after: Usage,
) -> Result:
    each = load.answered / _MICROSECONDS
    postgresql = after.postgresql - before.postgresql
    # A PostgreSQL that cannot be seen is on another machine, or counts as foreign.
    known = after.own - before.own + (0.0 if math.isnan(postgresql) else postgresql)
    capacity = (after.at - before.at) * (os.cpu_count() or 1)
    return Result(
        per_second=load.per_second,
        of_floor=load.per_second / floor.per_second,
        p50_ms=load.p50_ms,
        p95_ms=load.p95_ms,
        p99_ms=load.p99_ms,
        open_p99_ms=opened.p99_ms if opened else nan,
        server_us=(after.server - before.server) / each,
        behind_us=(after.behind - before.behind) / each,
        postgresql_us=postgresql / each,
        generator_us=load.cpu_s / each,
        statements=counts[0],
        round_trips=counts[1],
        fsyncs=(after.fsyncs - before.fsyncs) / load.answered,
        foreign=(after.machine - before.machine - known) / capacity,
        generator_busy=load.cpu_s / load.elapsed_s,
        measured_s=load.elapsed_s,
        answered=float(load.answered),
    )
