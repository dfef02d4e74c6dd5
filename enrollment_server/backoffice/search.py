"""One search over all lists, by whole identifiers, each found by an index."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from enrollment_server.backoffice.customers import can_exist
from enrollment_server.backoffice.rows import Excerpt, excerpt
from powerauth.admin.framework import links
from powerauth.admin.framework.tables import TableAdmin


def find(request: HttpRequest) -> HttpResponse:
    """Go to the page of a customer, or show what else has this identifier."""
    text = request.GET.get(SEARCH_VAR, "").strip()
    results: list[Excerpt] = []
    if can_exist(text):
        if _is_customer(request, text):
            return HttpResponseRedirect(links.customer_address(text))
        results = list(_results(request, text))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "wanted": text,
        "sections": results,
    }
    return TemplateResponse(request, "backoffice/search.html", context)


def _is_customer(request: HttpRequest, text: str) -> bool:
    """Tell whether rows that may be seen belong to a user of this identifier."""
    return any(
        apps.get_model(label)._default_manager.filter(user_id=text).exists()
        for label in links.OF_CUSTOMERS
        if links.may_view(request, label)
    )


def _results(request: HttpRequest, text: str) -> Iterator[Excerpt]:
    for model_admin in admin.site._registry.values():
        if not isinstance(model_admin, TableAdmin) or not model_admin.has_view_permission(request):
            continue
        rows, _repeats = model_admin.get_search_results(
            request, model_admin.get_queryset(request), text
        )
        columns = [name for name in model_admin.list_display if isinstance(name, str)]
        found = excerpt(request, model_admin, rows, columns, query={SEARCH_VAR: text})
        if found.rows:
            yield found
