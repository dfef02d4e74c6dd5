"""The memory of values that may be used once: protocol.md 5.8 and 8.3."""

from datetime import datetime
from hashlib import sha256

from django.db import connection

from enrollment_server.database.statements import execute
from powerauth.models import UniqueValue

_TABLE = UniqueValue._meta.db_table

_INSERT = (
    f"INSERT INTO {_TABLE} (digest, expires_at) VALUES (%s, %s) "  # noqa: S608  # nosec B608
    "ON CONFLICT (digest) DO NOTHING"
)
_INSERT_WITHOUT_WAITING = (
    f"INSERT INTO {_TABLE} (digest, expires_at) "  # noqa: S608  # nosec B608
    "SELECT %s::bytea, %s::timestamptz FROM set_config('synchronous_commit', 'off', true) "
    "ON CONFLICT (digest) DO NOTHING"
)


def remember(value: bytes, *, expires_at: datetime, durable: bool = True) -> bool:
    """Remember `value` until `expires_at`; give False if it was known.

    Test and insert are one statement, so that of simultaneous uses exactly one is the first.

    Args:
        durable: whether it has to be on the disk before the answer. What is not may be forgotten
            by a crash of the database in the next moment, see
            docs/adr/0010-rows-that-did-not-change.md.
    """
    # Within a transaction it would make all of that transaction wait for nothing.
    waits = durable or connection.in_atomic_block or connection.vendor != "postgresql"
    moment = connection.ops.adapt_datetimefield_value(expires_at)
    values = [sha256(value).digest(), moment]
    return execute(_INSERT if waits else _INSERT_WITHOUT_WAITING, values).count == 1


def is_known(value: bytes) -> bool:
    """Tell whether `value` is remembered."""
    return UniqueValue.objects.filter(digest=sha256(value).digest()).exists()
