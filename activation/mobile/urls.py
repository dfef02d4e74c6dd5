"""Paths of this app below `/api/`; none ends with a slash."""

from django.urls import path

from activation.mobile import views

urlpatterns = [
    path("activation/code", views.SpawnView.as_view()),
    path("config/oidc", views.OidcView.as_view()),
]
