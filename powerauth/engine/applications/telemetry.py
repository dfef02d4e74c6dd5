"""Reports on usage: integration-api.md 14."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from powerauth.models import Activation, Application

_MONTH = 30  # days
_MAX_DAYS = 365


class ReportName(StrEnum):
    """The reports that exist."""

    CURRENT_MAU = "CURRENT_MAU"
    USERS_IN_PAST_DAYS = "USERS_IN_PAST_DAYS"


class ReportRefused(Exception):
    """There is no such report, or not with these parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """How many users an application had in the past days."""

    name: ReportName
    application_id: str
    users: int
    days: int


def report(name: str, parameters: Mapping[str, Any], *, at: datetime) -> UsageReport:
    """Count the users of an application with an activation that was used in the period.

    Args:
        name: of a report, in upper or lower case.
        parameters: `application` is its identifier; `days` a number from 1 to 365, except in the
            report that has its own.

    Raises:
        ReportRefused: an unknown report or application, a parameter that is missing or wrong.
    """
    try:
        known = ReportName(name.upper())
    except ValueError as error:
        raise ReportRefused("unknown report") from error
    days = _MONTH if known is ReportName.CURRENT_MAU else _days(parameters.get("days"))
    application_id = parameters.get("application")
    if not isinstance(application_id, str):
        raise ReportRefused("no application")
    return UsageReport(
        name=known,
        application_id=application_id,
        users=_users(application_id, since=at - timedelta(days=days), until=at),
        days=days,
    )


def _days(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MAX_DAYS:
        raise ReportRefused("wrong number of days")
    return value


def _users(application_id: str, *, since: datetime, until: datetime) -> int:
    """Count in one statement, which also tells that there is no such application.

    It reads the activations of the application by its index. The time of use has none of its own:
    each signature would have to maintain it, for a report that is asked for once a month.
    """
    used = Activation.objects.filter(
        application_id=OuterRef("pk"), last_used_at__gte=since, last_used_at__lte=until
    )
    counted = (
        used.order_by().values("application_id").annotate(users=Count("user_id", distinct=True))
    )
    row = (
        Application.objects.filter(id=application_id)
        .values_list(Coalesce(Subquery(counted.values("users")), 0))
        .first()
    )
    if row is None:
        raise ReportRefused("unknown application")
    return int(row[0])
