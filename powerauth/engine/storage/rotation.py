"""Encrypting stored secrets anew under the current master key, beside a running server."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from powerauth.engine.applications import application_config
from powerauth.engine.storage import record_places, record_update, records
from powerauth.engine.storage.record_places import Place
from powerauth.engine.storage.record_update import Replacement
from powerauth.models import (
    Activation,
    ActivationKey,
    ApplicationConfig,
    Callback,
    MasterKeyPair,
    TemporaryKey,
    Token,
)
from powerauth.protocol.errors import PlainRecordRefused, ProtocolError

BATCH_SIZE = 1000  # rows that are read, and then changed by one statement
_FURTHER_LOOKS = 3  # at rows that were not free
_Row = tuple[Any, bytes, tuple[Any, ...]]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column that holds records of secrets.

    `place` gives what the record of a row is sealed for, from the columns of `identified_by`.
    """

    model: type[Model]
    column: str
    place: Callable[..., Place]
    identified_by: tuple[str, ...] = ("pk",)


@dataclass(slots=True, kw_only=True)
class Progress:
    """How many records of a column were found in which condition."""

    rotated: int = 0
    current: int = 0
    changed_meanwhile: int = 0
    unreadable: int = 0
    plain: int = 0  # refused, because nothing says that plain records are to be read


def _of_activation(column: str, place: Callable[..., Place]) -> SealedColumn:
    owners = ("pk", "application_id", "user_id")
    return SealedColumn(model=Activation, column=column, place=place, identified_by=owners)


SEALED_COLUMNS = (
    SealedColumn(
        model=MasterKeyPair,
        column="private_key",
        place=record_places.master_key,
        identified_by=("application_id", "public_key"),
    ),
    SealedColumn(
        model=ApplicationConfig,
        column="record",
        place=application_config.PLACE,
        identified_by=("application_id", "key"),
    ),
    _of_activation("server_private_key", record_places.server_key),
    _of_activation("derived_keys", record_places.derived_keys),
    _of_activation("activation_secret", record_places.activation_secret),
    _of_activation("knowledge_key", record_places.knowledge_key),
    _of_activation("next_knowledge_key", record_places.next_knowledge_key),
    _of_activation("biometry_key", record_places.biometry_key),
    _of_activation("next_biometry_key", record_places.next_biometry_key),
    SealedColumn(
        model=ActivationKey,
        column="private_key",
        place=record_places.activation_key,
        identified_by=("activation_id", "algorithm", "public_key"),
    ),
    SealedColumn(
        model=Token,
        column="secret",
        place=record_places.token,
        identified_by=("pk", "activation_id"),
    ),
    SealedColumn(
        model=TemporaryKey,
        column="private_key",
        place=record_places.temporary_key,
        identified_by=("pk", "application_key", "activation_id"),
    ),
    SealedColumn(
        model=Callback,
        column="authentication",
        place=record_places.callback_authentication,
        identified_by=("pk", "application_id"),
    ),
    SealedColumn(
        model=Callback,
        column="signing_secret",
        place=record_places.callback_signing,
        identified_by=("pk", "application_id"),
    ),
)


def rotate(
    sealed: SealedColumn, *, batch_size: int = BATCH_SIZE, told: Told = lambda rows: None
) -> Progress:
    """Seal every record of a column anew that is not under the current key yet.

    A batch is one statement that changes a row only if it still holds what was read and nobody has
    locked it, so a running server is neither blocked nor overwritten. What is left over is looked
    at again a few times; an interrupted run is continued by the next one.

    Args:
        told: called with the number of rows after each batch.
    """
    progress = Progress()
    left: list[Any] = []
    for batch in _batches(sealed, batch_size):
        left += _seal_anew(sealed, batch, progress)
        told(len(batch))
    for _ in range(_FURTHER_LOOKS):
        again, left = left, []
        for start in range(0, len(again), batch_size):
            rows = _rows(sealed).filter(pk__in=again[start : start + batch_size])
            left += _seal_anew(sealed, _read(sealed, rows), progress)
    progress.changed_meanwhile = len(left)
    return progress


def count(sealed: SealedColumn) -> int:
    """Give how many rows hold a record."""
    return _rows(sealed).count()


def _seal_anew(sealed: SealedColumn, batch: Sequence[_Row], progress: Progress) -> list[Any]:
    """Replace the records of a batch; give the keys of the rows that were not free."""
    keyring = records.keyring()
    replacements: list[Replacement] = []
    for key, record, identifiers in batch:
        if not keyring.needs_rotation(record):
            progress.current += 1
            continue
        place = sealed.place(*identifiers)
        try:
            secret = keyring.open(record, context=place.context, former_context=place.row)
        except PlainRecordRefused:
            progress.plain += 1
        except ProtocolError:
            progress.unreadable += 1
        else:
            replacements.append((key, record, keyring.seal(secret, context=place.context)))
    if not replacements:
        return []
    done = record_update.replace(sealed.model, sealed.column, replacements)
    progress.rotated += len(done)
    return [key for key, _, _ in replacements if key not in done]


def _rows(sealed: SealedColumn) -> QuerySet[Any]:
    return sealed.model._default_manager.exclude(**{sealed.column: b""}).order_by("pk")


def _read(sealed: SealedColumn, rows: QuerySet[Any]) -> list[_Row]:
    columns = ("pk", sealed.column, *sealed.identified_by)
    return [(key, bytes(record), tuple(rest)) for key, record, *rest in rows.values_list(*columns)]


def _batches(sealed: SealedColumn, batch_size: int) -> Iterator[list[_Row]]:
    """Give all rows that hold a record, in the order of keys."""
    rows = _rows(sealed)
    batch = _read(sealed, rows[:batch_size])
    while batch:
        yield batch
        batch = _read(sealed, rows.filter(pk__gt=batch[-1][0])[:batch_size])
