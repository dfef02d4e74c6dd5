"""The temporary key that an encrypted request names: protocol.md 6."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.identifiers import parse_id
from powerauth.models import TemporaryKey


def find(
    key_id: str, *, application_key: str, activation_id: UUID | None, at: datetime
) -> TemporaryKey | None:
    """Find a temporary key that may still be used by an application, or by an activation."""
    values = {"id": parse_id(key_id), "application_key": application_key, "at": at}
    if activation_id is None:
        return _OF_APPLICATION.first(**values)
    return _OF_ACTIVATION.first(**values, activation_id=activation_id)


def _living(
    id: UUID, application_key: str, at: datetime, activation_id: UUID | None = None
) -> QuerySet[TemporaryKey]:
    return TemporaryKey.objects.filter(
        id=id, application_key=application_key, activation_id=activation_id, expires_at__gt=at
    )


_KINDS: dict[str, type] = {"id": UUID, "application_key": str, "at": datetime}
_OF_APPLICATION: Compiled[TemporaryKey] = Compiled(_living, **_KINDS)
_OF_ACTIVATION: Compiled[TemporaryKey] = Compiled(_living, **_KINDS, activation_id=UUID)
