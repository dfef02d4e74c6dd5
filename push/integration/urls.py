"""Paths for back ends below `push/`: push-and-inbox.md 3."""

from django.urls import path

from push.integration import views

urlpatterns = [
    path("device/create", views.CreateView.as_view()),
    path("device/create/multi", views.CreateMultiView.as_view()),
    path("device/delete", views.DeleteView.as_view()),
    path("device/status/update", views.UpdateStatusView.as_view()),
    path("service/status", views.ServiceStatusView.as_view()),
]
