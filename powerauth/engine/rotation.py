"""Encrypting stored secrets anew under the current master key, beside a running server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from powerauth.engine import application_config, callback_authentication, callbacks, records
from powerauth.models import (
    Activation,
    ApplicationConfig,
    Callback,
    MasterKeyPair,
    TemporaryKey,
    Token,
)
from powerauth.protocol.errors import ProtocolError

BATCH_SIZE = 500  # rows read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column that holds records of secrets.

    `context` gives what the record of a row was sealed for, from the columns of `identified_by`.
    """

    model: type[Model]
    column: str
    context: Callable[..., tuple[str, ...]]
    identified_by: tuple[str, ...] = ("pk",)


@dataclass(slots=True, kw_only=True)
class Progress:
    """How many records of a column were found in which condition."""

    rotated: int = 0
    current: int = 0
    changed_meanwhile: int = 0
    unreadable: int = 0


def _named(table: str) -> Callable[..., tuple[str, ...]]:
    return lambda *identifiers: (table, *map(str, identifiers))


SEALED_COLUMNS = (
    SealedColumn(
        model=MasterKeyPair,
        column="private_key",
        context=_named("master_key_pair"),
        identified_by=("application_id",),
    ),
    SealedColumn(
        model=ApplicationConfig,
        column="record",
        context=_named(application_config.RECORD),
        identified_by=("application_id", "key"),
    ),
    SealedColumn(
        model=Activation, column="server_private_key", context=_named("activation.server")
    ),
    SealedColumn(model=Activation, column="derived_keys", context=_named("activation.derived")),
    SealedColumn(model=Token, column="secret", context=_named("token")),
    SealedColumn(model=TemporaryKey, column="private_key", context=_named("temporary_key")),
    SealedColumn(
        model=Callback,
        column="authentication",
        context=_named(callback_authentication.RECORD),
    ),
    SealedColumn(model=Callback, column="signing_secret", context=_named(callbacks.SIGNING_RECORD)),
)


def rotate(sealed: SealedColumn, *, batch_size: int = BATCH_SIZE) -> Progress:
    """Seal every record of a column anew that is not under the current key yet.

    Each row is one statement that changes it only if it still holds what was read, so a running
    server is neither blocked nor overwritten. What it changed meanwhile, it sealed itself; another
    run makes sure. An interrupted run is continued by the next one.
    """
    progress = Progress()
    keyring = records.keyring()
    for key, record, identifiers in _rows(sealed, batch_size):
        if not keyring.needs_rotation(record):
            progress.current += 1
            continue
        context = sealed.context(*identifiers)
        try:
            secret = keyring.open(record, context=context)
        except ProtocolError:
            progress.unreadable += 1
            continue
        unchanged = sealed.model._default_manager.filter(pk=key, **{sealed.column: record})
        if unchanged.update(**{sealed.column: keyring.seal(secret, context=context)}):
            progress.rotated += 1
        else:
            progress.changed_meanwhile += 1
    return progress


def _rows(sealed: SealedColumn, batch_size: int) -> Iterator[tuple[Any, bytes, tuple[Any, ...]]]:
    """Give key, record and identifiers of all rows that hold a secret, in the order of keys."""
    rows = sealed.model._default_manager.exclude(**{sealed.column: b""}).order_by("pk")
    columns = ("pk", sealed.column, *sealed.identified_by)
    batch = list(rows.values_list(*columns)[:batch_size])
    while batch:
        for key, record, *identifiers in batch:
            yield key, bytes(record), tuple(identifiers)
        batch = list(rows.filter(pk__gt=batch[-1][0]).values_list(*columns)[:batch_size])
