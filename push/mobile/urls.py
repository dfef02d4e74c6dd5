"""Paths of the mobile registration endpoints; none ends with a slash."""

from django.urls import path

from push.mobile import views

urlpatterns = [
    path("register", views.RegisterView.as_view()),
    path("register/token", views.RegisterWithTokenView.as_view()),
]
