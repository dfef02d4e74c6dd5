"""Paths of the mobile operation endpoints; none ends with a slash."""

from django.urls import path

from operations.mobile import decision_views, views

urlpatterns = [
    path("list", views.ListView.as_view()),
    path("detail", views.DetailView.as_view()),
    path("detail/claim", views.ClaimView.as_view()),
    path("history", views.HistoryView.as_view()),
    path("authorize", decision_views.ApproveView.as_view()),
    path("cancel", decision_views.RejectView.as_view()),
]
