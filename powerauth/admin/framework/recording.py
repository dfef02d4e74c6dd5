"""Changes in the back office, and their records in the audit log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from powerauth.engine.audit import audit_log, audited
from powerauth.engine.audit.audit_log import OK, Actor, Change
from powerauth.engine.audit.audited import Members
from powerauth.errors import EngineRefusal
from powerauth.models import ActorKind

ADD, CHANGE, DELETE, EXPORT = "add", "change", "delete", "export"

_BEFORE = "_audited_before"  # attribute of a request: what its rows were, by model and key

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


def actor(request: HttpRequest) -> Actor:
    """Give who works in the back office."""
    user = request.user
    name = user.get_username() if isinstance(user, AbstractBaseUser) else ""
    return Actor(kind=ActorKind.ADMIN, id=str(user.pk or ""), name=name)


def append(request: HttpRequest, changes: Sequence[Change]) -> None:
    """Append what an admin has changed, as the last thing in the transaction of the change."""
    audit_log.append(actor(request), changes, at=timezone.now())


def change_of(
    row: Model,
    action: str,
    before: Members | None,
    after: Members | None,
    *,
    outcome: str = OK,
    object_id: str = "",
) -> Change:
    """Describe what an admin did to a row.

    Args:
        object_id: of a row that has lost its own, being deleted.
    """
    old, new = audited.difference(before, after)
    kind = audited.kind_of(type(row))
    return Change(
        action=f"admin/{action}",
        object_type=kind.name,
        object_id=object_id or kind.object_id(row),
        before=old,
        after=new,
        outcome=outcome,
    )


@contextmanager
def recorded(request: HttpRequest, row: Model, action: str) -> Iterator[None]:
    """Record what happens to a row in this block, which has to be in a transaction.

    A refusal that has changed something on its way is recorded as well.
    """
    kind = audited.kind_of(type(row))
    before = kind.of_row(row, lock=True)
    try:
        yield
    except EngineRefusal as refusal:
        after = kind.of_row(row)
        if before != after:
            code = refusal.code.value
            append(request, [change_of(row, action, before, after, outcome=code)])
        raise
    append(request, [change_of(row, action, before, kind.of_row(row))])


@contextmanager
def recorded_together(
    request: HttpRequest, kind_name: str, object_id: str, action: str
) -> Iterator[None]:
    """Record what happens in this block to rows that are told of together.

    It has to be in a transaction that has locked what they belong to. Where nothing has changed,
    there is no record.

    Args:
        kind_name: of a `Summary`.
        object_id: what the rows are of, as the log names it.
    """
    kind = audited.kind_named(kind_name)
    before = kind.snapshot([object_id], lock=False)
    yield
    old, new = audited.difference(before, kind.snapshot([object_id], lock=False))
    if old or new:
        change = Change(
            action=f"admin/{action}",
            object_type=kind_name,
            object_id=object_id,
            before=old,
            after=new,
        )
        append(request, [change])


class RecordingAdmin(_Base):
    """An admin that records what is added, changed and deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            remember(request, obj)
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        entry = super().log_addition(request, obj, message)
        after = audited.kind_of(type(obj)).of_row(obj)
        append(request, [change_of(obj, ADD, None, after)])
        return entry

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        entry = super().log_change(request, obj, message)
        after = audited.kind_of(type(obj)).of_row(obj)
        if _key(obj) not in _remembered(request):
            append(request, [change_of(obj, CHANGE, None, None)])
        elif (before := _remembered(request).pop(_key(obj))) != after:
            append(request, [change_of(obj, CHANGE, before, after)])
        return entry

    def log_only(self, request: HttpRequest, obj: Any, message: str) -> None:
        """Write into the history of a row what the audit log gets otherwise."""
        super().log_change(request, obj, message)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        kind = audited.kind_of(type(obj))
        before, object_id = kind.of_row(obj, lock=True), kind.object_id(obj)
        super().delete_model(request, obj)
        append(request, [change_of(obj, DELETE, before, None, object_id=object_id)])

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        rows = list(queryset.order_by("pk"))
        changes = [
            change_of(row, DELETE, audited.kind_of(type(row)).of_row(row, lock=True), None)
            for row in rows
        ]
        super().delete_queryset(request, queryset)
        append(request, changes)


def remember(request: HttpRequest, row: Model) -> None:
    """Keep what a row is before a change that Django makes in this transaction.

    `log_change` asks for it; without it the record tells only that there was a change.
    """
    before = audited.kind_of(type(row)).of_row(row, lock=True)
    _remembered(request)[_key(row)] = before


def _remembered(request: HttpRequest) -> dict[tuple[str, str], Members | None]:
    kept: dict[tuple[str, str], Members | None] = request.__dict__.setdefault(_BEFORE, {})
    return kept


def _key(row: Model) -> tuple[str, str]:
    return row._meta.label, str(row.pk)
