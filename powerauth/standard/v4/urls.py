"""The paths below `/pa/v4/`: protocol-4.md 16.3."""

from django.urls import URLPattern, path

from powerauth.standard.v4 import creation, keystore, upgrade, validation

urlpatterns: list[URLPattern] = [
    path("keystore/create", keystore.CreateKeyView.as_view()),
    path("activation/create", creation.CreateView.as_view()),
    path("auth/validate", validation.ValidateView.as_view()),
    path("upgrade/start", upgrade.StartUpgradeView.as_view()),
    path("upgrade/confirm", upgrade.ConfirmUpgradeView.as_view()),
]
