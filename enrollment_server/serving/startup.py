"""What a server does to its database before it serves, once even if several start together."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

# Any number will do, as long as nothing else in the database locks the same one.
_LOCK_ID = 0x456E726F6C6C
_LOCK_WAIT_S = 120.0
_LOCK_POLL_S = 0.2


class StartupBlocked(Exception):
    """Another server holds the database's startup lock for too long."""


@contextmanager
def startup_lock() -> Iterator[None]:
    """Keep other servers of the same database from preparing it at the same time.

    Raises:
        StartupBlocked: another one did not finish in two minutes.
    """
    if connection.vendor == "postgresql":
        with _postgresql_lock():
            yield
    else:
        with _file_lock(Path(f"{connection.settings_dict['NAME']}.startup")):
            yield


@contextmanager
def _postgresql_lock() -> Iterator[None]:
    """Hold an advisory lock of the session; it ends with the connection at the latest."""
    until = time.monotonic() + _LOCK_WAIT_S
    while not _call("pg_try_advisory_lock"):
        if time.monotonic() > until:
            raise StartupBlocked("Another server is still preparing this database.")
        time.sleep(_LOCK_POLL_S)
    try:
        yield
    finally:
        _call("pg_advisory_unlock")


def _call(function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK_ID])
        (held,) = cursor.fetchone()
    return bool(held)


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrate() -> None:
    """Bring the tables up to date, silently."""
    call_command("migrate", interactive=False, verbosity=0)
