"""The databases of the Java servers, made of `data`, in a PostgreSQL beside our own."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.environment import postgresql

DATA = Path(__file__).parent / "data"
VARIANTS = ("plain", "encrypted")
PARTS = ("powerauth", "enrollment", "push")
_NUMBERS = count()


def _server() -> str:
    url = os.environ["DATABASE_URL"]
    return url if url.startswith("postgres") else postgresql()


@dataclass
class OldServers:
    """Three databases of one bank, and what is known of its phones.

    Args:
        base: URL of a PostgreSQL, with the name of a database that is there.
        names: of the three databases, by part.
    """

    variant: str
    base: str
    names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Read the file about the phones."""
        text = (DATA / f"phones.{self.variant}.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    def activation_id(self, purpose: str) -> str:
        return str(self.facts["activations"][purpose]["activationId"])

    def operation_id(self, purpose: str) -> str:
        return str(self.facts["operations"][purpose]["id"])

    def phone(self, purpose: str) -> dict[str, Any]:
        """Give the phone of an activation."""
        wanted = self.activation_id(purpose)
        found = next(each for each in self.facts["phones"] if each["activationId"] == wanted)
        return dict(found)

    def url(self, part: str) -> str:
        return f"{self.base.rsplit('/', 1)[0]}/{self.names[part]}"

    def key_file(self, folder: Path) -> Path:
        """Write the key that the old servers encrypted with."""
        path = folder / "master.key"
        path.write_text(self.facts["masterDbEncryptionKey"] + "\n")
        return path

    def change(self, part: str, statement: str, *values: object) -> None:
        """Change what the old servers hold."""
        with psycopg.connect(self.url(part)) as connection:
            connection.execute(statement, values)

    def rows(self, part: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read what the old servers hold."""
        with psycopg.connect(self.url(part)) as connection:
            return connection.execute(statement, values).fetchall()


def _create(base: str, name: str, template: str | None = None) -> None:
    with psycopg.connect(base, autocommit=True) as connection:
        of = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + of)


def _drop(base: str, name: str) -> None:
    with psycopg.connect(base, autocommit=True) as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


def _schema(part: str) -> str:
    tables: dict[str, list[str]] = {}
    lines = (DATA / "schema.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for database, table, column, kind, nullable in (line.split("\t") for line in lines):
        if database == part:
            null = "" if nullable == "YES" else " NOT NULL"
            tables.setdefault(table, []).append(f'"{column}" {kind}{null}')
    return "".join(
        f"CREATE TABLE {table} ({', '.join(columns)});" for table, columns in tables.items()
    )


@contextmanager
def loaded(variant: str) -> Iterator[OldServers]:
    """Load one variant; it is only read."""
    old = OldServers(variant=variant, base=_server())
    try:
        for part in PARTS:
            old.names[part] = f"old_{variant}_{part}_{os.getpid()}_{next(_NUMBERS)}"
            _create(old.base, old.names[part])
            rows = (DATA / f"{part}.{variant}.sql").read_text(encoding="utf-8")
            with psycopg.connect(old.url(part)) as connection:
                connection.execute(_schema(part) + rows)
        yield old
    finally:
        for name in old.names.values():
            _drop(old.base, name)


@contextmanager
def copied(old: OldServers) -> Iterator[OldServers]:
    """Copy the databases, so that they can be changed."""
    copy = OldServers(variant=old.variant, base=old.base)
    try:
        for part in PARTS:
            copy.names[part] = f"{old.names[part]}_copy_{next(_NUMBERS)}"
            _create(old.base, copy.names[part], template=old.names[part])
        yield copy
    finally:
        for name in copy.names.values():
            _drop(old.base, name)
