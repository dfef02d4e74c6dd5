"""Requests that the Java server has seen: they stay used, though phones come here now."""

from enrollment_server.wultra.source import Source
from enrollment_server.wultra.table import Run
from enrollment_server.wultra.values import LeftOut, decoded, moment_if_any
from powerauth.engine.encryption import replay

_TABLE = "pa_unique_value"


def take(source: Source, run: Run) -> None:
    """Remember all used values that are not over; both servers condense the same bytes.

    Source: protocol.md 5.8 and 8.3.
    """
    columns = ("unique_value", "timestamp_expires")
    for rows in source.pages(_TABLE, columns, key="unique_value", size=run.batch):
        for row in rows:
            expires = moment_if_any(row["timestamp_expires"], run.facts.zone)
            if expires is None or expires <= run.facts.at or run.dry_run:
                continue
            try:
                replay.remember(decoded(row["unique_value"], "unique_value"), expires_at=expires)
            except LeftOut:
                continue
