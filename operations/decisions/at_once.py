"""An approval in two statements: read the operation, approve it if it is still the same.

Nothing is locked between them. Whatever is not plainly to be approved, or was changed meanwhile, is
left to `decisions`, which decide under the lock of the operation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from enrollment_server.database.compiled import Compiled
from enrollment_server.database.writes import ROW_VERSION
from operations.decisions import callbacks, decisions
from operations.decisions.decisions import Attempt, Locked
from operations.models import Operation, OperationStatus
from operations.ringing import announcing
from powerauth.announcements import NewsLost, announce_unguarded
from powerauth.engine.identifiers import parse_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Locked):
    """A row as it was when it was read, with its version; nothing keeps it from being changed."""

    version: str


def _rows(id: UUID) -> Any:
    version = RawSQL(f"{Operation._meta.db_table}.{ROW_VERSION}", [])  # noqa: S611  # nosec B611
    return Operation.objects.with_application_ids().annotate(row_version=version).filter(pk=id)


_FIND: Compiled[Any] = Compiled(_rows, id=UUID)


def see(operation_id: str, *, application_id: str) -> Seen | None:
    """Read an operation; None for an unknown id, and where the database has no versions of rows."""
    if connection.vendor != "postgresql":
        return None
    row = _FIND.first(id=parse_id(operation_id))
    if row is None:
        return None
    known = application_id in (row.application_ids or [])
    return Seen(row=row, in_application=known, version=row.row_version)


def approve(seen: Seen, attempt: Attempt, *, at: datetime) -> bool:
    """Approve an operation, if nothing is against it and nobody has changed it; tell whether.

    Back ends are told in the same statement.
    """
    if seen.row.status_at(at) is not OperationStatus.PENDING:
        return False
    if decisions.failed_conditions(seen, attempt, at=at):
        return False
    if not seen.row.announced:
        return _change(seen, attempt, at=at)
    try:
        return _change_and_announce(seen, attempt, at=at)
    except NewsLost:
        # The row is what it was, and the user has approved.
        return _change(seen, attempt, at=at)


@transaction.atomic
def _change_and_announce(seen: Seen, attempt: Attempt, *, at: datetime) -> bool:
    changed = _change(seen, attempt, at=at)
    if changed:
        after = callbacks.after(seen.row, {"status": OperationStatus.APPROVED})
        announce_unguarded(announcing.end_of(after, besides=attempt.answered, at=at), at=at)
    return changed


def _change(seen: Seen, attempt: Attempt, *, at: datetime) -> bool:
    return callbacks.change_and_tell(
        seen.row,
        decisions.approved(seen.row, attempt, at=at),
        at=at,
        condition=f"{ROW_VERSION} = %s",
        given=[seen.version],
    )
