"""Operations as a back end reads them: integration-api.md 13.5 and 13.12."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrollment_server.database.compiled import Compiled
from operations.models import (
    Operation,
    OperationApplication,
    OperationQuerySet,
    OperationStatus,
)
from powerauth.engine.activations import activations
from powerauth.engine.applications import applications as known_applications
from powerauth.engine.identifiers import parse_id
from powerauth.engine.paging import Page
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.rules import NOT_EMPTY, filled, invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedBy:
    """Whose operations to list, in which applications, and as which activation sees them."""

    user_id: str | None
    applications: Sequence[str] | None
    activation_id: str | None = None


def get(operation_id: str | None) -> Operation:
    """Find an operation, whoever it belongs to.

    Raises:
        EngineRefusal: INVALID_REQUEST for no id, OPERATION_NOT_FOUND.
    """
    key = parse_id(filled("operationId", operation_id))
    row = _FIND.first(id=key)
    if row is None:
        raise EngineRefusal(ErrorCode.OPERATION_NOT_FOUND)
    return row


_FIND: Compiled[Operation] = Compiled(
    lambda id: Operation.objects.with_application_ids().filter(pk=id), id=UUID
)


def of_user(wanted: OwnedBy, page: Page) -> list[Operation]:
    """List a user's operations of all states, the newest first.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND.
    """
    return _of_user(wanted, page, pending=False)


def pending_of_user(wanted: OwnedBy, page: Page, *, at: datetime) -> list[Operation]:
    """List a user's pending operations, the newest first; see `of_user` for errors.

    Expired ones are left out after paging, so a page may be shorter.
    """
    rows = _of_user(wanted, page, pending=True)
    return [row for row in rows if row.status_at(at) is OperationStatus.PENDING]


def by_external_id(
    external_id: str | None, applications: Sequence[str] | None, page: Page
) -> list[Operation]:
    """List the operations that a back end gave this identifier, whoever they belong to.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND.
    """
    rows = Operation.objects.filter(external_id=filled("externalId", external_id))
    names = _distinct(applications)
    _insist_on(names, known=frozenset())
    return list(page.cut(_newest_first(_of_applications(rows, names))))


def _of_user(wanted: OwnedBy, page: Page, *, pending: bool) -> list[Operation]:
    user_id, names = filled("userId", wanted.user_id), _distinct(wanted.applications)
    values = {"user_id": user_id, **_numbered(_APPLICATION, names)}
    known: set[str] = set()
    if wanted.activation_id is not None:
        activation = activations.find(wanted.activation_id)
        values["activation_id"] = str(activation.pk) if activation else wanted.activation_id
        if activation is not None:
            known.add(activation.application_id)
            values |= _numbered(_FLAG, activation.flags)
    _insist_on(names, known=known)
    return _listed(page, pending, frozenset(values)).all(**values)


@lru_cache(maxsize=64)
def _listed(page: Page, pending: bool, names: frozenset[str]) -> Compiled[Operation]:
    """Compile the list of a user's operations.

    Args:
        pending: leave out those that were decided.
        names: of the values that select them.
    """

    def build(
        *, user_id: str, activation_id: str | None = None, **values: str
    ) -> QuerySet[Operation]:
        rows = Operation.objects.filter(user_id=user_id)
        if pending:
            rows = rows.filter(status=OperationStatus.PENDING)
        rows = _of_applications(rows, _starting(_APPLICATION, values))
        if activation_id is not None:
            rows = rows.bound_to(activation_id)
        if flags := _starting(_FLAG, values):
            rows = rows.filter(Q(activation_flag="") | Q(activation_flag__in=flags))
        return page.cut(_newest_first(rows))

    return Compiled(build, **dict.fromkeys(sorted(names), str))


_APPLICATION, _FLAG = "application_", "flag_"


def _numbered(prefix: str, texts: Iterable[str]) -> dict[str, str]:
    return {f"{prefix}{number}": text for number, text in enumerate(texts)}


def _starting(prefix: str, values: Mapping[str, str]) -> list[str]:
    return [text for name, text in values.items() if name.startswith(prefix)]


def _distinct(application_ids: Sequence[str] | None) -> frozenset[str]:
    if not application_ids:
        raise invalid("applications", NOT_EMPTY)
    names = frozenset(application_ids)
    if len(names) != len(application_ids):
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    return names


def _insist_on(application_ids: frozenset[str], *, known: Set[str]) -> None:
    """Refuse unless all of these exist; the database is asked only about those not `known`."""
    unknown = application_ids - known
    if unknown and known_applications.existing(list(unknown)) != unknown:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)


def _of_applications(
    rows: OperationQuerySet, application_ids: Collection[str]
) -> OperationQuerySet:
    link = OperationApplication.objects.filter(
        operation=OuterRef("pk"), application_id__in=application_ids
    )
    return rows.filter(Exists(link))


def _newest_first(rows: OperationQuerySet) -> OperationQuerySet:
    return rows.with_application_ids().order_by("-created_at", "id")
