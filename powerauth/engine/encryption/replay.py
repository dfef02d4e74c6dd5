"""The memory of values that may be used once: protocol.md 5.8 and 8.3."""

from datetime import datetime
from hashlib import sha256

from django.db import connection

from powerauth.models import UniqueValue

_INSERT = "INSERT INTO {} (digest, expires_at) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING"


def remember(value: bytes, *, expires_at: datetime) -> bool:
    """Remember `value` until `expires_at`; give False if it was known.

    Test and insert are one statement, so that of simultaneous uses exactly one is the first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(connection.ops.quote_name(UniqueValue._meta.db_table)),
            [sha256(value).digest(), connection.ops.adapt_datetimefield_value(expires_at)],
        )
        return bool(cursor.rowcount == 1)


def is_known(value: bytes) -> bool:
    """Tell whether `value` is remembered."""
    return UniqueValue.objects.filter(digest=sha256(value).digest()).exists()
