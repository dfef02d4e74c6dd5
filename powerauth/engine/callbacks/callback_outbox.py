"""The outbox of callbacks: events are written with the change that they tell of.

An event is a row of the same transaction, so it exists exactly if the change does; sending it is
the matter of another process (integration-api.md 11.3, 11.4).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.database.statements import execute
from powerauth.models import Callback, CallbackEvent, CallbackEventState, CallbackType

# A random UUID of version 4, which receivers may insist on (RFC 9562, 5.4). SQLite has no function
# for it, and Django keeps one there as hexadecimal text.
_RANDOM_ID = {
    "postgresql": "GEN_RANDOM_UUID()",
    "sqlite": (
        "LOWER(HEX(RANDOMBLOB(6)) || '4' || SUBSTR(HEX(RANDOMBLOB(2)), 2) "
        "|| SUBSTR('89AB', 1 + (RANDOM() & 3), 1) || SUBSTR(HEX(RANDOMBLOB(2)), 2) "
        "|| HEX(RANDOMBLOB(6)))"
    ),
}
_JSON = {"postgresql": "%s::jsonb", "sqlite": "%s"}


def write(
    kind: CallbackType,
    application_ids: Collection[str],
    payload: Mapping[str, Any],
    *,
    at: datetime,
) -> int:
    """Write one event for each enabled callback of this kind of these applications.

    Has to run in the transaction of the change. It is one statement, whether or not anybody
    listens.

    Args:
        payload: the whole object right after the change, as JSON.

    Returns: how many events were written.
    """
    if not application_ids:
        return 0
    return execute(*statement(kind, application_ids, payload, at=at)).count


def statement(
    kind: CallbackType,
    application_ids: Collection[str],
    payload: Mapping[str, Any],
    *,
    at: datetime,
) -> tuple[str, list[Any]]:
    """Give the INSERT that writes the events, and its values; more conditions may be appended.

    Args:
        application_ids: at least one.
    """
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [dump_json(payload).decode(), moment, moment, kind.value, *application_ids]
    return _insert(connection.vendor, len(application_ids)), values


@cache
def _insert(vendor: str, applications: int) -> str:
    return (
        f"INSERT INTO {CallbackEvent._meta.db_table} "  # noqa: S608  # nosec B608 # made of constants
        "(id, callback_id, payload, state, attempts, next_attempt_at, last_error, created_at) "
        f"SELECT {_RANDOM_ID[vendor]}, id, {_JSON[vendor]}, "
        f"'{CallbackEventState.PENDING.value}', 0, %s, '', %s "
        f"FROM {Callback._meta.db_table} "
        f"WHERE enabled AND type = %s AND application_id IN ({', '.join(['%s'] * applications)})"
    )
