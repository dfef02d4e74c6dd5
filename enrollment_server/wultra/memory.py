"""What was taken, and what it was like then: there and here."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Model

from enrollment_server.wultra.source import Row
from operations.models import Operation
from powerauth.models import Activation, ImportedRow, MasterKeyPair, SignatureAudit, Token

_SIZE = 16  # bytes
# Records of these never change but by `rotate_encryption`, which is no change of what they hold.
_SEALED: dict[type[Model], tuple[str, ...]] = {
    Activation: ("server_private_key", "derived_keys"),
    MasterKeyPair: ("private_key",),
    Operation: ("proximity_seed",),
    Token: ("secret",),
}
# What a newer version added here, with what stands there unless something here has changed it.
_ADDED: dict[type[Model], dict[str, object]] = {
    Activation: {
        **dict.fromkeys(("activation_secret", "knowledge_key", "next_knowledge_key"), b""),
        **dict.fromkeys(("biometry_key", "next_biometry_key", "ctr_data_4"), b""),
        **dict.fromkeys(("biometry_enabled", "confirmation_pending"), False),
        "pending_suite": "",
        "parent_activation_id": None,
        "transfer_type": "",
    },
    SignatureAudit: {"generation": None},
}


def remembered(table: str, row_ids: Iterable[object]) -> dict[str, ImportedRow]:
    """Give what is known of some rows of a table, by their identifiers."""
    wanted = ImportedRow.objects.filter(table=table, row_id__in=[str(each) for each in row_ids])
    return {row.row_id: row for row in wanted}


def digest_there(row: Row) -> bytes:
    """Condense a row of there; a column that a newer version adds empty makes no difference.

    It depends on SECRET_KEY, so that nobody who reads the database can guess passwords by it.
    """
    values = sorted((name, value) for name, value in row.items() if value is not None)
    return _digest(repr(values))


def digest_here(row: Model) -> bytes:
    """Condense a row of here as it is stored; an added column counts once it is filled."""
    values = [(each.attname, _plain(each.value_from_object(row))) for each in _fields(row)]
    return _digest(json.dumps(values, sort_keys=True, default=str))


def stored(model: type[Model], keys: Iterable[Any]) -> dict[str, Model]:
    """Read rows as they are stored, by the text of their primary keys."""
    found = model._default_manager.in_bulk(list(keys))
    return {str(key): row for key, row in found.items()}


def remember(table: str, rows: Sequence[tuple[str, bytes, Model]], *, at: datetime) -> None:
    """Remember rows that were just taken.

    Args:
        rows: identifier and digest there, and the row here.
    """
    here = stored(type(rows[0][2]), [made.pk for _, _, made in rows])
    ImportedRow.objects.bulk_create(
        ImportedRow(
            table=table,
            row_id=row_id,
            target_id=str(made.pk),
            digest_there=digest,
            digest_here=digest_here(here[str(made.pk)]),
            imported_at=at,
        )
        for row_id, digest, made in rows
    )


def _fields(row: Model) -> list[Any]:
    sealed, added = _SEALED.get(type(row), ()), _ADDED.get(type(row), {})
    return [
        each
        for each in row._meta.concrete_fields
        if each.name not in sealed
        and not (each.name in added and each.value_from_object(row) == added[each.name])
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def _digest(text: str) -> bytes:
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_SIZE, key=key, person=b"imported row").digest()
