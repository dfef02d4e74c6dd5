"""Which operations a phone sees, read with their texts in one statement: mobile-token-api.md 4."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q

from enrollment_server.database.compiled import Compiled
from operations import policy
from operations.bounded_cache import bounded_cache
from operations.models import Operation, OperationApplication, OperationQuerySet
from operations.screen.form_data import TemplateTexts
from operations.values import Caller, OperationFacts
from powerauth.engine.identifiers import parse_id

# Additional data may be large, and no phone reads them.
_COLUMNS = (
    "user_id",
    "activation_id",
    "activation_flag",
    "operation_type",
    "data",
    "parameters",
    "status",
    "status_reason",
    "signature_types",
    "risk_flags",
    "proximity_seed",
    "created_at",
    "expires_at",
)


def facts_of(row: Operation, *, in_application: bool, at: datetime) -> OperationFacts:
    """Describe a row as of `at`, without texts."""
    return OperationFacts(
        id=str(row.pk),
        user_id=row.user_id,
        activation_id=row.activation_id,
        activation_flag=row.activation_flag,
        operation_type=row.operation_type,
        data=row.data,
        parameters=row.parameters,
        status=row.status_at(at).value,
        status_reason=row.status_reason,
        signature_types=tuple(row.signature_types),
        risk_flags=row.risk_flags,
        created_at=row.created_at,
        expires_at=row.expires_at,
        in_application=in_application,
        proximity_available=bool(row.proximity_seed),
        form=_form(row),
    )


def pending(caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
    """List what waits for the caller's decision, newest first. Source: mobile-token-api.md 4.2."""
    query = _pending(policy.list_limit(), policy.default_language(), len(caller.flags))
    rows = query.all(
        user_id=caller.user_id,
        application_id=caller.application_id,
        activation_id=caller.activation_id,
        language=language,
        at=at,
        **{_flag(number): flag for number, flag in enumerate(caller.flags)},
    )
    return [facts_of(row, in_application=True, at=at) for row in rows]


@lru_cache(maxsize=64)
def _pending(limit: int, default_language: str, flags: int) -> Compiled[Operation]:
    """Compile the list for callers with this number of flags."""
    names = [_flag(number) for number in range(flags)]

    def build(*, language: str, at: datetime, **values: str) -> OperationQuerySet:
        caller = Caller(flags=tuple(values.pop(name) for name in names), **values)
        rows = _visible(caller).pending(at=at).only(*_COLUMNS)
        shown = rows.with_form(language=language, default_language=default_language)
        return shown.order_by("-created_at", "id")[:limit]

    texts = ("user_id", "application_id", "activation_id", "language", *names)
    return Compiled(build, at=datetime, **dict.fromkeys(texts, str))


def _flag(number: int) -> str:
    return f"flag_{number}"


def history(caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
    """List the caller's operations of all states, newest first: mobile-token-api.md 4.4."""
    return _listed(_visible(caller), language=language, at=at)


def find(
    operation_id: str, caller: Caller, *, language: str, at: datetime
) -> OperationFacts | None:
    """Find an operation, whoever it belongs to; None for an unknown id."""
    link = OperationApplication.objects.filter(
        operation=OuterRef("pk"), application_id=caller.application_id
    )
    row: Any = (
        _with_form(Operation.objects.filter(pk=parse_id(operation_id)), language)
        .annotate(in_application=Exists(link))
        .first()
    )
    return None if row is None else facts_of(row, in_application=row.in_application, at=at)


def _visible(caller: Caller) -> OperationQuerySet:
    rows = (
        Operation.objects.filter(user_id=caller.user_id)
        .of_application(caller.application_id)
        .bound_to(caller.activation_id)
    )
    # An activation without any flag sees flagged operations, though it cannot approve them.
    if caller.flags:
        return rows.filter(Q(activation_flag="") | Q(activation_flag__in=caller.flags))
    return rows


def _listed(rows: OperationQuerySet, *, language: str, at: datetime) -> list[OperationFacts]:
    ordered = _with_form(rows, language).order_by("-created_at", "id")
    limit = policy.list_limit()
    return [facts_of(row, in_application=True, at=at) for row in ordered[:limit]]


def _with_form(rows: OperationQuerySet, language: str) -> OperationQuerySet:
    return rows.only(*_COLUMNS).with_form(
        language=language, default_language=policy.default_language()
    )


def _form(row: Operation) -> TemplateTexts | None:
    members: str | None = getattr(row, "form", None)
    return _texts(members) if members else None


@bounded_cache(entries=1024, characters=16_384)
def _texts(members: str) -> TemplateTexts:
    return TemplateTexts(**json.loads(members))
