"""Paths for back ends below `inbox/`: push-and-inbox.md 7.1."""

from django.urls import path

from inbox.integration import views

urlpatterns = [
    path("messages", views.CreateView.as_view()),
    path("messages/list", views.ListView.as_view()),
    path("messages/count", views.CountView.as_view()),
    path("messages/detail", views.DetailView.as_view()),
    path("messages/read", views.ReadView.as_view()),
    path("messages/read-all", views.ReadAllView.as_view()),
]
