"""Paths of the mobile inbox endpoints; none ends with a slash."""

from django.urls import path

from inbox.mobile import views

urlpatterns = [
    path("count", views.CountView.as_view()),
    path("message/list", views.ListView.as_view()),
    path("message/detail", views.DetailView.as_view()),
    path("message/read", views.ReadView.as_view()),
    path("message/read-all", views.ReadAllView.as_view()),
]
