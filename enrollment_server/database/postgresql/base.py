"""The back end that `DATABASES` names for PostgreSQL."""

import select
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from enrollment_server.database.postgresql.moments import MomentLoader

MOST_CURSORS = 100  # of a connection; psycopg keeps as many statements prepared
QUIET_S = 5.0  # a connection that was used so recently is not asked whether it still lives


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that keeps prepared statements, and is checked only after a pause."""

    _used_at = 0.0
    _cursors_of: tuple[Any, dict[str, psycopg.Cursor[Any]]] | None = None

    def is_usable(self) -> bool:
        """Tell whether the server still answers; it is asked only if that is in doubt."""
        now = time.monotonic()
        if not self.errors_occurred and now - self._used_at < QUIET_S and self._is_silent():
            return True
        usable: bool = super().is_usable()
        if usable:
            self._used_at = now
        return usable

    def _is_silent(self) -> bool:
        """Tell whether nothing came unasked, as the end of the connection would."""
        try:
            waiting, _, _ = select.select([self.connection.fileno()], [], [], 0)
        except (psycopg.Error, OSError, ValueError):
            return False
        return not waiting

    def execute_prepared(
        self, text: str, values: Sequence[Any], *, prepare: bool
    ) -> tuple[list[tuple[Any, ...]], int]:
        """Execute a statement whose values the server binds.

        Args:
            prepare: let the server parse and plan it once a connection.

        Returns: its rows, and how many it read or changed.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        cursor = self._cursor_for(text)
        with self.wrap_database_errors:
            cursor.execute(text, values, prepare=prepare)
            rows = cursor.fetchall() if _has_rows(cursor) else []
        self._used_at = time.monotonic()
        return rows, cursor.rowcount

    def _cursor_for(self, text: str) -> psycopg.Cursor[Any]:
        """Give the cursor of a statement: it remembers how values and columns are converted."""
        if self._cursors_of is None or self._cursors_of[0] is not self.connection:
            self._cursors_of = (self.connection, {})
        cursors = self._cursors_of[1]
        cursor = cursors.get(text)
        if cursor is None:
            if len(cursors) >= MOST_CURSORS:
                cursors.clear()
            cursor = cursors[text] = psycopg.Cursor(self.connection)
            cursor.adapters.register_loader("timestamptz", MomentLoader)
        return cursor


def _has_rows(cursor: psycopg.Cursor[Any]) -> bool:
    # Its `description` says so as well, but describes each column for it.
    result = cursor.pgresult
    return result is not None and result.status == psycopg.pq.ExecStatus.TUPLES_OK
