"""Paths of the integration API below `rest/v3/operation/`: integration-api.md 3."""

from collections.abc import Mapping

from django.urls import path

from operations.integration import decision_views as decisions
from operations.integration import list_views as lists
from operations.integration import offline_views as offline
from operations.integration import operation_views as operations
from operations.integration import template_views as templates
from powerauth.integration.api import IntegrationView

METHODS: Mapping[str, type[IntegrationView]] = {
    "create": operations.CreateView,
    "detail": operations.DetailView,
    "claim": operations.ClaimView,
    "claim/release": operations.ReleaseView,
    "cancel": operations.CancelView,
    "approve": decisions.ApproveView,
    "approve/fail": decisions.FailView,
    "reject": decisions.RejectView,
    "offline/create": offline.CreateView,
    "offline/qr": offline.QrView,
    "offline/approve": offline.ApproveView,
    "list": lists.ListView,
    "list/pending": lists.PendingListView,
    "list/external": lists.ExternalListView,
    "template/list": templates.ListView,
    "template/detail": templates.DetailView,
    "template/create": templates.CreateView,
    "template/update": templates.UpdateView,
    "template/remove": templates.RemoveView,
}

urlpatterns = [path(route, view.as_view()) for route, view in METHODS.items()]
