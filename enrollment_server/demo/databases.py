"""Databases of the demo's servers, where DATABASE_URL says; what is made here goes at the end."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db import DatabaseError, connection

from enrollment_server.demo.own_server import ServerFailed


@contextmanager
def temporary_database() -> Iterator[dict[str, str]]:
    """Give the environment of a new SQLite database, or nothing if DATABASE_URL names one."""
    if os.environ.get("DATABASE_URL"):
        yield {}
        return
    with _sqlite() as environment:
        yield environment


@contextmanager
def second_database() -> Iterator[dict[str, str]]:
    """Give the environment of a database beside the one of DATABASE_URL: SQLite, or PostgreSQL.

    Raises:
        ServerFailed: the user of DATABASE_URL may not create one.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgres://", "postgresql://")):
        with _sqlite() as environment:
            yield environment
        return
    name = f"demo_behind_{uuid4().hex[:8]}"
    try:
        _execute(f"CREATE DATABASE {name}")
    except DatabaseError as error:
        raise ServerFailed(f"A second database cannot be created: {error}") from error
    try:
        yield {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="enrollment-") as folder:
        yield {"DATABASE_URL": f"sqlite:///{folder}/database.sqlite3"}


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
