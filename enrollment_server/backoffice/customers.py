"""One page a customer: what the bank's systems and phones did under one identifier of a user."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from enrollment_server.backoffice.rows import Excerpt, excerpt
from powerauth.admin.framework import links
from powerauth.admin.framework.parameters import usable_text
from powerauth.admin.framework.tables import CustomerFilter

_COLUMNS: dict[str, tuple[str, ...]] = {
    links.OPERATION: ("id", "operation_type", "shown_status", "created_at", "expires_at"),
    links.ACTIVATION: (
        *("id", "application_id", "shown_state", "shown_protocol"),
        *("platform", "created_at"),
    ),
    links.DEVICE: ("last_registered_at", "activation_id", "platform", "is_active"),
    links.MESSAGE: ("subject", "type", "read", "created_at"),
    links.PUSH_MESSAGE: ("created_at", "application_id", "source", "shown_state"),
}


def user_id_of(quoted: str) -> str:
    """Give the identifier of a user that the address of a page names, quoted or as it is."""
    # The folder itself and the one above have no address of their own.
    dots = {"_2E": ".", "_2E_2E": ".."}
    return dots.get(quoted) or str(unquote(quoted))


def can_exist(user_id: str) -> bool:
    """Tell whether a row could have this identifier of a user."""
    return bool(user_id) and usable_text(user_id)


def customer(request: HttpRequest, quoted: str) -> HttpResponse:
    """Show what is known of a customer, as far as it may be seen."""
    shown = [label for label in links.OF_CUSTOMERS if links.may_view(request, label)]
    if not shown:
        raise PermissionDenied
    user_id = user_id_of(quoted)
    sections = _sections(request, shown, user_id) if can_exist(user_id) else []
    if not any(section.rows for section in sections):
        raise Http404
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Customer %(user)s") % {"user": user_id},
        "sections": sections,
    }
    return TemplateResponse(request, "backoffice/customer.html", context)


def _sections(request: HttpRequest, labels: list[str], user_id: str) -> list[Excerpt]:
    sections = []
    for label in labels:
        model_admin = admin.site._registry[apps.get_model(label)]
        rows = model_admin.get_queryset(request).filter(user_id=user_id)
        query = {CustomerFilter.parameter_name: user_id}
        columns = _COLUMNS[label]
        sections.append(excerpt(request, model_admin, rows, columns, query=query))
    return sections
