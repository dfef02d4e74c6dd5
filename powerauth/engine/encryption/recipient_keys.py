"""The temporary key that an encrypted request names: protocol.md 6."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from enrollment_server.database.compiled import Compiled
from powerauth.engine.identifiers import parse_id
from powerauth.engine.storage import record_places, records
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import Activation, TemporaryKey
from powerauth.values import EncryptedCall


def secret(
    call: EncryptedCall, activation: Activation | None, *, suites: AbstractSet[str], at: datetime
) -> bytes:
    """Give what the server kept of the key that a request names.

    Application key, activation and suite must all be those that the key was made for.

    Args:
        suites: those of the generation that the request belongs to.

    Raises:
        EngineRefusal: TEMPORARY_KEY_MISSING.
    """
    row = find(
        call.request.temporary_key_id or "",
        application_key=call.application_key,
        activation_id=activation.id if activation else None,
        at=at,
    )
    if row is None or row.algorithm not in suites:
        raise EngineRefusal(ErrorCode.TEMPORARY_KEY_MISSING)
    place = record_places.temporary_key(row.id, row.application_key, row.activation_id)
    return records.unseal(row.private_key, place)


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
