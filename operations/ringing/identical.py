"""The same operation once more, while the first one waits: no reason to ring again."""

from datetime import datetime
from functools import cache

from enrollment_server.database.writes import Statement, column_values
from operations.models import Operation, OperationStatus


def waiting(operation: Operation, *, at: datetime) -> Statement:
    """Write the question for the same operation that was announced before and waits: maybe a row.

    The same is what the same user is to approve by the same template: its data.
    """
    values = {
        "user_id": operation.user_id,
        "template_name": operation.template_name,
        "data": operation.data,
        "expires_at": at,
        "id": operation.pk,
    }
    return _text(), column_values(Operation, values)


@cache
def _text() -> str:
    # The state stands in the text, so that the index of what waits for a user can be used.
    return (
        f"SELECT 1 FROM {Operation._meta.db_table} "  # noqa: S608  # nosec B608 # of constants
        f"WHERE user_id = %s AND template_name = %s AND data = %s AND expires_at >= %s "
        f"AND id <> %s AND announced AND status = '{OperationStatus.PENDING.value}' LIMIT 1"
    )
