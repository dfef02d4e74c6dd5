"""The activation that a signature names, with the secret of the version of its application."""

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from enrollment_server.database.compiled import Compiled
from enrollment_server.database.writes import ROW_VERSION
from powerauth.engine.identifiers import parse_id
from powerauth.models import Activation, ApplicationVersion

# What it takes to compare a signature and to tell who signed.
_COLUMNS = (
    *("user_id", "state", "blocked_reason", "flags", "protocol_generation", "derived_keys"),
    *("counter", "ctr_data", "failed_attempts", "max_failed_attempts", "version", "created_with"),
    *("algorithm", "activation_secret", "ctr_data_4", "biometry_enabled"),
    *("knowledge_key", "next_knowledge_key", "biometry_key", "next_biometry_key"),
    *("free_failures", "free_failures_since", "held_steps", "held_at", "application__roles"),
)


def lock(activation_id: str, *, application_key: str) -> Any:
    """Lock the activation; `version_secret` is None if its application has no such version."""
    return _LOCK.first(id=parse_id(activation_id), application_key=application_key)


def see(activation_id: str, *, application_key: str) -> Any:
    """Read what `lock` reads, with `row_version`, and lock nothing. Only on PostgreSQL."""
    return _SEE.first(id=parse_id(activation_id), application_key=application_key)


def _with_secret(rows: QuerySet[Activation], application_key: str) -> QuerySet[Any]:
    secret = ApplicationVersion.objects.filter(
        application_key=application_key,
        application_id=OuterRef("application_id"),
        supported=True,
    )
    return rows.annotate(version_secret=Subquery(secret.order_by().values("application_secret")))


def _locked(id: UUID, application_key: str) -> QuerySet[Any]:
    rows = Activation.objects.select_related("application").select_for_update(of=("self",))
    return _with_secret(rows.filter(id=id), application_key)


def _seen(id: UUID, application_key: str) -> QuerySet[Any]:
    version = RawSQL(f"{Activation._meta.db_table}.{ROW_VERSION}", [])  # noqa: S611  # nosec B611
    rows = Activation.objects.select_related("application").only(*_COLUMNS).filter(id=id)
    return _with_secret(rows.annotate(row_version=version), application_key)


_LOCK: Compiled[Any] = Compiled(_locked, id=UUID, application_key=str)
_SEE: Compiled[Any] = Compiled(_seen, id=UUID, application_key=str)
