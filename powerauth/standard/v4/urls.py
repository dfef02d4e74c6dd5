"""The paths below `/pa/v4/`: protocol-4.md 16.3."""

from django.urls import URLPattern, path

from powerauth.standard.v4 import (
    activation,
    creation,
    factors,
    keystore,
    status,
    tokens,
    upgrade,
    user_info,
    validation,
    vault,
)

urlpatterns: list[URLPattern] = [
    path("status", status.StatusView.as_view()),
    path("keystore/create", keystore.CreateKeyView.as_view()),
    path("activation/create", creation.CreateView.as_view()),
    path("activation/confirm", activation.ConfirmView.as_view()),
    path("activation/status", activation.StatusView.as_view()),
    path("activation/remove", activation.RemoveView.as_view()),
    path("activation/detail", activation.DetailView.as_view()),
    path("activation/rename", activation.RenameView.as_view()),
    path("auth/validate", validation.ValidateView.as_view()),
    path("password/change", factors.ChangePasswordView.as_view()),
    path("biometry/add", factors.AddBiometryView.as_view()),
    path("biometry/remove", factors.RemoveBiometryView.as_view()),
    path("token/create", tokens.CreateTokenView.as_view()),
    path("token/remove", tokens.RemoveTokenView.as_view()),
    path("vault/unlock", vault.UnlockVaultView.as_view()),
    path("user/info", user_info.UserInfoView.as_view()),
    path("upgrade/start", upgrade.StartUpgradeView.as_view()),
    path("upgrade/confirm", upgrade.ConfirmUpgradeView.as_view()),
]
