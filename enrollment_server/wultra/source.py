"""Reading the PostgreSQL databases of the Java servers, in one snapshot each, and only reading."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString, Self, TypeAlias
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

Row: TypeAlias = dict[str, Any]

_CONNECT_TIMEOUT_S = 10
_LONGEST_URL = 2000  # characters
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""


class SourceUnusable(Exception):
    """A database that cannot be read, or is not what it should be; one line without secrets."""


class Source:
    """One database of a Java server, as it was when it was opened.

    Args:
        url: `postgres://…` or `postgresql://…`.
        option: of the command, that names the database in complaints.

    Raises:
        SourceUnusable: the URL is no such URL, or nobody answers there.
    """

    def __init__(self, url: str, *, option: str) -> None:
        self.option = option
        self._columns: dict[str, frozenset[str]] = {}
        parameters = _parameters(url, option)
        with self._complaining("cannot be reached"):
            connection = psycopg.connect(**parameters, row_factory=dict_row, prepare_threshold=None)
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            # Between two batches the other side writes, which may take longer than they allow.
            connection.execute("SET idle_in_transaction_session_timeout = 0")
        self._connection: psycopg.Connection[Row] = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def columns(self, table: str) -> frozenset[str]:
        """Give the names of the columns of a table; none if there is no such table."""
        if table not in self._columns:
            rows = self._rows(sql.SQL(_COLUMNS), [table])
            self._columns[table] = frozenset(row["attname"] for row in rows)
        return self._columns[table]

    def count(self, table: str, where: LiteralString = "true") -> int:
        """Count the rows of a table; 0 if there is no such table.

        Args:
            where: a constant condition.
        """
        if not self.columns(table):
            return 0
        query = sql.SQL("SELECT count(*) AS number FROM {} WHERE ").format(sql.Identifier(table))
        return int(self._rows(query + sql.SQL(where))[0]["number"])

    def pages(
        self,
        table: str,
        columns: Iterable[str],
        *,
        key: str,
        size: int,
        since: datetime | None = None,
    ) -> Iterator[list[Row]]:
        """Give all rows in the order of their key.

        Args:
            columns: those of them that the table has are read.
            since: only rows that were made from then on, by the clock of that server.
        """
        head = self._select(table, columns)
        conditions = [sql.SQL("timestamp_created >= {}").format(since)] if since else []
        page = self._page(head, key, conditions, size)
        while page:
            yield page
            further = sql.SQL("{} > {}").format(sql.Identifier(key), page[-1][key])
            page = self._page(head, key, [*conditions, further], size)

    def matching(
        self, table: str, columns: Iterable[str], *, column: str, values: Sequence[Any]
    ) -> list[Row]:
        """Give the rows with one of some values in a column; none if there is no such table."""
        if not self.columns(table) or not values:
            return []
        query = self._select(table, columns) + sql.SQL(" WHERE {} = ANY(%s)").format(
            sql.Identifier(column)
        )
        return self._rows(query, [list(values)])

    def rows(self, query: LiteralString, parameters: Sequence[Any] = ()) -> list[Row]:
        """Give what a constant query finds."""
        return self._rows(sql.SQL(query), parameters)

    def _select(self, table: str, columns: Iterable[str]) -> sql.Composed:
        known = [sql.Identifier(name) for name in columns if name in self.columns(table)]
        return sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(known), sql.Identifier(table))

    def _page(
        self, head: sql.Composed, key: str, conditions: Sequence[sql.Composed], size: int
    ) -> list[Row]:
        where = sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")
        tail = sql.SQL(" WHERE {} ORDER BY {} LIMIT {}").format(where, sql.Identifier(key), size)
        return self._rows(head + tail)

    def _rows(self, query: sql.SQL | sql.Composed, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._complaining("cannot be read any more"):
            return self._connection.execute(query, parameters or None).fetchall()

    @contextmanager
    def _complaining(self, what: str) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise SourceUnusable(f"{self.option}: the database {what}: {reason}") from error


def _parameters(url: str, option: str) -> dict[str, Any]:
    """Read a URL; complaints do not repeat it, because it may hold a password."""
    wrong = SourceUnusable(f"{option} must be postgres://user:password@host:port/database.")
    if len(url) > _LONGEST_URL:
        raise wrong
    try:
        scheme = urlsplit(url).scheme
        parameters = conninfo_to_dict(url)
    except (ValueError, psycopg.Error):
        raise wrong from None
    if scheme not in ("postgres", "postgresql") or not parameters.get("dbname"):
        raise wrong
    parameters.setdefault("connect_timeout", str(_CONNECT_TIMEOUT_S))
    return {**parameters, "client_encoding": "utf8"}
