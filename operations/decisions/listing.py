"""Operations as a back end reads them: integration-api.md 13.5 and 13.12."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

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
    return _newest_first(_owned(wanted), page)


def pending_of_user(wanted: OwnedBy, page: Page, *, at: datetime) -> list[Operation]:
    """List a user's pending operations, the newest first; see `of_user` for errors.

    Expired ones are left out after paging, so a page may be shorter.
    """
    rows = _newest_first(_owned(wanted).filter(status=OperationStatus.PENDING), page)
    return [row for row in rows if row.status_at(at) is OperationStatus.PENDING]


def by_external_id(
    external_id: str | None, applications: Sequence[str] | None, page: Page
) -> list[Operation]:
    """List the operations that a back end gave this identifier, whoever they belong to.

    Raises:
        EngineRefusal: INVALID_REQUEST, APPLICATION_NOT_FOUND.
    """
    rows = Operation.objects.filter(external_id=filled("externalId", external_id))
    return _newest_first(_of_applications(rows, applications), page)


def _owned(wanted: OwnedBy) -> OperationQuerySet:
    owned = Operation.objects.filter(user_id=filled("userId", wanted.user_id))
    rows = _of_applications(owned, wanted.applications)
    if wanted.activation_id is None:
        return rows
    activation = activations.find(wanted.activation_id)
    rows = rows.bound_to(str(activation.pk) if activation else wanted.activation_id)
    if activation is not None and activation.flags:
        return rows.filter(Q(activation_flag="") | Q(activation_flag__in=activation.flags))
    return rows


def _of_applications(
    rows: OperationQuerySet, application_ids: Sequence[str] | None
) -> OperationQuerySet:
    if not application_ids:
        raise invalid("applications", NOT_EMPTY)
    names = set(application_ids)
    if len(names) != len(application_ids) or known_applications.existing(list(names)) != names:
        raise EngineRefusal(ErrorCode.APPLICATION_NOT_FOUND)
    link = OperationApplication.objects.filter(
        operation=OuterRef("pk"), application_id__in=application_ids
    )
    return rows.filter(Exists(link))


def _newest_first(rows: OperationQuerySet, page: Page) -> list[Operation]:
    ordered = rows.prefetch_related("applications").order_by("-created_at", "id")
    return list(page.cut(ordered))
