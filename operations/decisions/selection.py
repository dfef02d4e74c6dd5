"""Which operations a phone sees, read with their texts in one statement: mobile-token-api.md 4."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

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
    """Describe a row as of `at`, with its texts if they were read with it."""
    members: str | None = row.__dict__.get("form")
    form = _texts(members) if members else None
    return _described(row, form, in_application=in_application, at=at)


def _listed_facts(rows: Iterable[Operation], *, at: datetime) -> Iterator[OperationFacts]:
    """Describe the rows of a list: texts come with the first of each run of one type."""
    kind: str | None = None
    form: TemplateTexts | None = None
    for row in rows:
        if row.operation_type != kind:
            kind, members = row.operation_type, row.__dict__["form"]
            form = _texts(members) if members else None
        yield _described(row, form, in_application=True, at=at)


def _described(
    row: Operation, form: TemplateTexts | None, *, in_application: bool, at: datetime
) -> OperationFacts:
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
        form=form,
    )


def pending(caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
    """List what waits for the caller's decision, newest first. Source: mobile-token-api.md 4.2."""
    query = _pending(policy.list_limit(), policy.default_language(), len(caller.flags))
    rows = query.all(**_values(caller, language), at=at)
    return list(_listed_facts(rows, at=at))


def history(caller: Caller, *, language: str, at: datetime) -> list[OperationFacts]:
    """List the caller's operations of all states, newest first: mobile-token-api.md 4.4."""
    query = _history(policy.list_limit(), policy.default_language(), len(caller.flags))
    rows = query.all(**_values(caller, language))
    return list(_listed_facts(rows, at=at))


def find(
    operation_id: str, caller: Caller, *, language: str, at: datetime
) -> OperationFacts | None:
    """Find an operation, whoever it belongs to; None for an unknown id."""
    row: Any = _one(policy.default_language()).first(
        id=parse_id(operation_id), application_id=caller.application_id, language=language
    )
    return None if row is None else facts_of(row, in_application=row.in_application, at=at)


@lru_cache(maxsize=64)
def _pending(limit: int, default_language: str, flags: int) -> Compiled[Operation]:
    """Compile the list for callers with this number of flags."""

    def build(*, language: str, at: datetime, **values: str) -> OperationQuerySet:
        rows = _visible(_caller(values)).pending(at=at)
        return _listed(rows, language, default_language)[:limit]

    return Compiled(build, at=datetime, **_kinds(flags))


@lru_cache(maxsize=64)
def _history(limit: int, default_language: str, flags: int) -> Compiled[Operation]:
    """Compile the history for callers with this number of flags."""

    def build(*, language: str, **values: str) -> OperationQuerySet:
        return _listed(_visible(_caller(values)), language, default_language)[:limit]

    return Compiled(build, **_kinds(flags))


@lru_cache(maxsize=8)
def _one(default_language: str) -> Compiled[Operation]:
    def build(*, id: UUID, application_id: str, language: str) -> OperationQuerySet:
        link = OperationApplication.objects.filter(
            operation=OuterRef("pk"), application_id=application_id
        )
        rows = Operation.objects.filter(pk=id).only(*_COLUMNS)
        rows = rows.with_form(language=language, default_language=default_language)
        return rows.annotate(in_application=Exists(link))

    return Compiled(build, id=UUID, application_id=str, language=str)


_OF_CALLER = ("user_id", "application_id", "activation_id")


def _kinds(flags: int) -> dict[str, type]:
    """Give the types of the values of a list for callers with this number of flags."""
    return dict.fromkeys((*_OF_CALLER, "language", *map(_flag, range(flags))), str)


def _values(caller: Caller, language: str) -> dict[str, str]:
    flags = {_flag(number): flag for number, flag in enumerate(caller.flags)}
    return {**{name: getattr(caller, name) for name in _OF_CALLER}, "language": language, **flags}


def _caller(values: Mapping[str, str]) -> Caller:
    flags = tuple(value for name, value in values.items() if name not in _OF_CALLER)
    return Caller(flags=flags, **{name: values[name] for name in _OF_CALLER})


def _flag(number: int) -> str:
    return f"flag_{number}"


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


def _listed(rows: OperationQuerySet, language: str, default_language: str) -> OperationQuerySet:
    return rows.only(*_COLUMNS).newest_first_with_forms(
        language=language, default_language=default_language
    )


@bounded_cache(entries=1024, characters=16_384)
def _texts(members: str) -> TemplateTexts:
    return TemplateTexts(**json.loads(members))
