"""The front page of the back office: a few figures and charts, to those who may see their rows."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment_server.backoffice import elsewhere
from enrollment_server.dashboard import figures
from operations.models import OperationStatus
from powerauth.admin.framework import links
from push.admin.troubles import troubles_for

# Each differs enough from a white and from a nearly black background.
_BLUE, _GREEN, _RED = "#2563eb", "#15803d", "#dc2626"
_GREY, _ORANGE, _VIOLET = "#6b7280", "#d97706", "#8b5cf6"
_STATUS_COLOURS = {
    OperationStatus.PENDING: _BLUE,
    OperationStatus.APPROVED: _GREEN,
    OperationStatus.REJECTED: _ORANGE,
    OperationStatus.CANCELED: _GREY,
    OperationStatus.EXPIRED: _VIOLET,
    OperationStatus.FAILED: _RED,
}


def with_figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures and charts that the user may see. Called by django-unfold."""
    sees_operations = links.may_view(request, links.OPERATION)
    sees_signatures = links.may_view(request, "powerauth.signatureaudit")
    sees_activations = links.may_view(request, links.ACTIVATION)
    at = timezone.now()
    shown: list[dict[str, Any]] = []
    charts: list[dict[str, Any]] = []
    if sees_operations:
        counts = figures.operations_by_status(at)
        approved = counts[OperationStatus.APPROVED.value]
        operations = reverse("admin:operations_operation_changelist")
        pending = f"{operations}?status__exact=PENDING"
        shown.append(_figure(_("Operations waiting now"), figures.waiting(at), pending))
        approvals = f"{operations}?status__exact=APPROVED&recent=day"
        shown.append(_figure(_("Approved, 24 hours"), approved, approvals))
        charts += [_status_chart(counts), _decision_chart(at)]
    if sees_activations:
        link = f"{reverse('admin:powerauth_activation_changelist')}?recent=day"
        shown.append(_figure(_("New activations, 24 hours"), figures.new_activations(at), link))
    if sees_signatures:
        link = f"{reverse('admin:powerauth_signatureaudit_changelist')}?valid__exact=0&recent=day"
        number = figures.refused_signatures(at)
        shown.append(_figure(_("Refused signatures, 24 hours"), number, link))
        charts.append(_refusal_chart(at))
    return {
        **context,
        "title": _("Dashboard"),
        "figures": shown,
        "charts": charts,
        "notes": elsewhere.notes(),
        "push_troubles": troubles_for(request),
    }


def _figure(title: str, number: object, link: str) -> dict[str, Any]:
    return {"title": title, "number": str(number), "link": link}


def _chart(
    kind: str, title: str, labels: list[str], datasets: list[dict[str, Any]], *, axis: str = ""
) -> dict[str, Any]:
    below = {"title": {"display": bool(axis), "text": axis}}
    return {
        "kind": kind,
        "title": title,
        "data": json.dumps({"labels": labels, "datasets": datasets}),
        "options": json.dumps({**_OPTIONS, "scales": {"x": below, "y": _NUMBERS}}),
        # What the picture shows, for those who cannot see it.
        "rows": list(zip(labels, *(dataset["data"] for dataset in datasets), strict=True)),
    }


_OPTIONS: dict[str, Any] = {
    "animation": False,
    "maintainAspectRatio": False,
    "plugins": {"legend": {"display": True, "position": "bottom"}},
}
_NUMBERS: dict[str, Any] = {"beginAtZero": True, "ticks": {"precision": 0}}


def _status_chart(counts: dict[str, int]) -> dict[str, Any]:
    dataset = {
        "label": _("Operations of the last 24 hours"),
        "data": [counts[status.value] for status in OperationStatus],
        "backgroundColor": [_STATUS_COLOURS[status] for status in OperationStatus],
    }
    labels = [str(status.label) for status in OperationStatus]
    return _chart("bar", _("Operations by state"), labels, [dataset])


def _decision_chart(at: datetime) -> dict[str, Any]:
    approved = figures.decisions_by_hour(at, OperationStatus.APPROVED)
    other = figures.decisions_by_hour(at, OperationStatus.REJECTED, OperationStatus.FAILED)
    datasets = [
        _line(_("Approved"), approved, _GREEN),
        _line(_("Rejected or failed"), other, _RED),
    ]
    return _chart("line", _("Decisions an hour"), _hour_labels(at), datasets, axis=_zone(at))


def _refusal_chart(at: datetime) -> dict[str, Any]:
    datasets = [_line(_("Refused signatures"), figures.refusals_by_hour(at), _ORANGE)]
    title = _("Refused signatures an hour")
    return _chart("line", title, _hour_labels(at), datasets, axis=_zone(at))


def _line(label: str, numbers: list[int], colour: str) -> dict[str, Any]:
    return {"label": label, "data": numbers, "borderColor": colour, "backgroundColor": colour}


def _zone(at: datetime) -> str:
    return date_format(timezone.localtime(at), "T")


def _hour_labels(at: datetime) -> list[str]:
    return [date_format(timezone.localtime(hour), "H:i") for hour in figures.hours(at)]
