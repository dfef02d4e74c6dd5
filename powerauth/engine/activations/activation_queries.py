"""Reading activations and their history: integration-api.md 7.11 to 7.14."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from powerauth.engine.activations import activations
from powerauth.engine.activations.activation_init import ActivationProtocol
from powerauth.engine.identifiers import parse_id
from powerauth.engine.paging import Page
from powerauth.engine.periods import millisecond, within
from powerauth.models import Activation, ActivationHistory, ActivationState
from powerauth.rules import NOT_EMPTY, given, invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFilter:
    """Which activations of a user to list; None and an empty collection do not restrict."""

    user_id: str | None
    application_id: str | None = None
    protocols: Collection[ActivationProtocol] | None = None
    states: Collection[ActivationState] | None = None


def of_user(wanted: ActivationFilter, page: Page, *, at: datetime) -> list[Activation]:
    """List activations of a user, the newest first.

    Pending ones whose time is over are removed before the filter looks at them, so that a page is
    full and holds what was asked for.

    Raises:
        EngineRefusal: INVALID_REQUEST for no user.
    """
    rows = Activation.objects.filter(user_id=given("userId", wanted.user_id))
    if wanted.application_id is not None:
        rows = rows.filter(application_id=wanted.application_id)
    _remove_expired(rows, at=at)
    if wanted.protocols and ActivationProtocol.POWERAUTH not in wanted.protocols:
        return []
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
    return list(page.cut(rows.order_by("-created_at", "id")))


def _remove_expired(rows: QuerySet[Activation], *, at: datetime) -> None:
    expired = rows.filter(state__in=activations.PENDING_STATES, expires_at__lt=at)
    # Most lists meet no expired activation: they take no lock.
    if not expired.exists():
        return
    with transaction.atomic():
        for row in expired.select_for_update().order_by("id"):
            activations.remove_expired(row, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationCriteria:
    """Which activations of which users to look up; None and an empty collection do not restrict.

    Args:
        used_before: exclusive.
        used_since: inclusive. Both count in milliseconds, as the time of last use is shown.
        flags: an activation has to have all of them.
    """

    user_ids: Collection[str] | None
    application_ids: Collection[str] | None = None
    used_before: datetime | None = None
    used_since: datetime | None = None
    state: ActivationState | None = None
    flags: Collection[str] | None = None


def lookup(wanted: ActivationCriteria) -> list[Activation]:
    """Find activations, the newest first; those that are past their time stay as they are.

    Raises:
        EngineRefusal: INVALID_REQUEST for no users.
    """
    if not wanted.user_ids:
        raise invalid("userIds", NOT_EMPTY)
    rows = Activation.objects.filter(user_id__in=set(wanted.user_ids))
    if wanted.application_ids:
        rows = rows.filter(application_id__in=set(wanted.application_ids))
    if wanted.used_before is not None:
        rows = rows.filter(last_used_at__lt=millisecond(wanted.used_before))
    if wanted.used_since is not None:
        rows = rows.filter(last_used_at__gte=millisecond(wanted.used_since))
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    flags = set(wanted.flags or ())
    # Not every database searches in JSON, and few rows of few users are left.
    return [row for row in rows.order_by("-created_at", "id") if flags <= set(row.flags)]


def history(
    activation_id: str | None, *, since: datetime | None, until: datetime | None
) -> list[ActivationHistory]:
    """List what happened to an activation, the newest first; nothing for an unknown one.

    Args:
        since: first moment, None from the beginning.
        until: last moment, inclusive, None without end. Both count in milliseconds, as they are
            shown: the time of a row selects that row.

    Raises:
        EngineRefusal: INVALID_REQUEST for no activation.
    """
    key = parse_id(given("activationId", activation_id))
    rows = ActivationHistory.objects.filter(activation_id=key)
    return list(within(rows, since=since, until=until).order_by("-created_at", "-id"))
