"""Paths of the integration API below `rest/v3/operation/`: integration-api.md 3."""

from django.urls import path

from operations.integration import decision_views as decisions
from operations.integration import list_views as lists
from operations.integration import offline_views as offline
from operations.integration import operation_views as operations
from operations.integration import template_views as templates

urlpatterns = [
    path("create", operations.CreateView.as_view()),
    path("detail", operations.DetailView.as_view()),
    path("claim", operations.ClaimView.as_view()),
    path("claim/release", operations.ReleaseView.as_view()),
    path("cancel", operations.CancelView.as_view()),
    path("approve", decisions.ApproveView.as_view()),
    path("approve/fail", decisions.FailView.as_view()),
    path("reject", decisions.RejectView.as_view()),
    path("offline/create", offline.CreateView.as_view()),
    path("offline/qr", offline.QrView.as_view()),
    path("offline/approve", offline.ApproveView.as_view()),
    path("list", lists.ListView.as_view()),
    path("list/pending", lists.PendingListView.as_view()),
    path("list/external", lists.ExternalListView.as_view()),
    path("template/list", templates.ListView.as_view()),
    path("template/detail", templates.DetailView.as_view()),
    path("template/create", templates.CreateView.as_view()),
    path("template/update", templates.UpdateView.as_view()),
    path("template/remove", templates.RemoveView.as_view()),
]
