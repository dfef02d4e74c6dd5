"""A right signature in two statements: read the activation, change it if it is still the same.

Nothing is locked while keys are unsealed and signatures are compared. Whatever is not plainly
right, or was changed meanwhile, is left to `signatures`, which decides under the lock of the
activation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

from enrollment_server.database.compiled import Compiled
from enrollment_server.database.statements import execute
from enrollment_server.database.writes import (
    ROW_VERSION,
    column_values,
    insert_text,
    inserted_values,
    update_text,
)
from powerauth.engine.identifiers import parse_id
from powerauth.engine.signatures import guessing, signature_trail, verification, version_floor
from powerauth.models import Activation, SignatureAudit
from powerauth.values import SignatureVerdict, SignedRequest

_COLUMNS = (
    *("user_id", "state", "blocked_reason", "flags", "protocol_generation", "derived_keys"),
    *("counter", "ctr_data", "failed_attempts", "max_failed_attempts", "version", "created_with"),
    *("free_failures", "free_failures_since", "held_steps", "held_at", "application__roles"),
)


def _rows(id: UUID, application_key: str) -> Any:
    version = RawSQL(f"{Activation._meta.db_table}.{ROW_VERSION}", [])  # noqa: S611  # nosec B611
    rows = Activation.objects.select_related("application").only(*_COLUMNS).filter(id=id)
    return verification.with_secret(rows.annotate(row_version=version), application_key)


_FIND: Compiled[Any] = Compiled(_rows, id=UUID, application_key=str)


def verify(
    request: SignedRequest, additional_info: Mapping[str, str] | None, *, at: datetime
) -> SignatureVerdict | None:
    """Verify a signature and count it, if it is right; None if the lock is needed.

    None also where the database has no versions of rows, but one lock for all who write.
    """
    if connection.vendor != "postgresql":
        return None
    activation = _FIND.first(
        id=parse_id(request.activation_id), application_key=request.application_key
    )
    if activation is None or activation.version_secret is None:
        return None
    if not verification.is_usable(activation) or verification.is_used_up(activation):
        return None
    # A lower version leaves a log line, which must not be written twice.
    if not version_floor.is_reached(activation, request.version):
        return None
    attempt = verification.attempt_of(request, activation.version_secret, additional_info)
    match = verification.match_of(activation, attempt)
    if match is None or not guessing.accepts(activation, attempt, match, at=at):
        return None
    note = verification.SIGNATURE_OK
    trail = signature_trail.record(activation, attempt, note=note, at=at, match=match)
    if not _changed(activation, verification.advanced(activation, match, at=at), trail):
        return None
    return verification.verdict(activation, match.signature_type, note=note)


def _changed(activation: Any, values: Mapping[str, Any], trail: SignatureAudit) -> bool:
    """Change an activation that is as it was read, and record the attempt; tell whether it was."""
    condition = f"{ROW_VERSION} = %s RETURNING 1"
    changing = update_text(Activation, tuple(values), condition)
    recording = insert_text(SignatureAudit, "changed")
    done = execute(
        f"WITH changed AS ({changing}) {recording}",
        [
            *column_values(Activation, values),
            activation.pk,
            activation.row_version,
            *inserted_values(trail),
        ],
    )
    return done.count == 1
