"""The figures of the dashboard: of the last day, found by an index, and never without a limit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncHour

from operations.models import Operation, OperationStatus
from powerauth.models import Activation, SignatureAudit

HOURS = 24  # that the charts show
LIMIT = 50_000  # rows that one figure looks at, the newest ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of rows; `more` tells that counting stopped there."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


def hours(at: datetime) -> list[datetime]:
    """Give the beginnings of the hours that the charts show, the running one last."""
    last = at.replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in reversed(range(HOURS))]


def waiting(at: datetime) -> Figure:
    """Count the operations that users could decide about."""
    return _figure(Operation.objects.pending(at=at))


def new_activations(at: datetime) -> Figure:
    """Count the activations that were created within the hours of the charts."""
    return _figure(Activation.objects.filter(created_at__gte=hours(at)[0]))


def refused_signatures(at: datetime) -> Figure:
    """Count the signatures that were refused within the hours of the charts."""
    return _figure(_refused(at))


def operations_by_status(at: datetime) -> dict[str, int]:
    """Count the operations of the hours of the charts by status; those past their time expired."""
    since = hours(at)[0]
    counts = {}
    for status in OperationStatus:
        rows = Operation.objects.filter(status=status, created_at__gte=since)
        if status is OperationStatus.PENDING:
            rows = rows.filter(expires_at__gte=at)
        counts[str(status.value)] = _figure(rows).number
    late = Operation.objects.filter(
        status=OperationStatus.PENDING, created_at__gte=since, expires_at__lt=at
    )
    counts[OperationStatus.EXPIRED.value] += _figure(late).number
    return counts


def decisions_by_hour(at: datetime, *statuses: OperationStatus) -> list[int]:
    """Count how many operations ended in one of `statuses`, hour by hour."""
    rows = Operation.objects.filter(finalized_at__gte=hours(at)[0], status__in=statuses)
    return _by_hour(rows, "finalized_at", at)


def refusals_by_hour(at: datetime) -> list[int]:
    """Count the refused signatures, hour by hour."""
    return _by_hour(_refused(at), "created_at", at)


def _refused(at: datetime) -> QuerySet[SignatureAudit]:
    return SignatureAudit.objects.filter(valid=False, created_at__gte=hours(at)[0])


def _figure(rows: QuerySet[Any]) -> Figure:
    number = rows.order_by()[: LIMIT + 1].count()
    return Figure(number=min(number, LIMIT), more=number > LIMIT)


def _by_hour(rows: QuerySet[Any], column: str, at: datetime) -> list[int]:
    newest = rows.order_by(f"-{column}").values("pk")[:LIMIT]
    counted = (
        rows.model._default_manager.filter(pk__in=newest)
        .order_by()
        .annotate(hour=TruncHour(column))
        .values_list("hour")
        .annotate(number=Count("pk"))
    )
    numbers = dict(counted)
    return [numbers.get(hour, 0) for hour in hours(at)]
