"""The paths below `/pa/v3/`: standard-rest-api.md 6."""

from django.urls import URLPattern, path

from powerauth.standard import (
    activation,
    creation,
    keystore,
    recovery,
    signature,
    status,
    tokens,
    upgrade,
    user_info,
    vault,
)

urlpatterns: list[URLPattern] = [
    path("status", status.StatusView.as_view()),
    path("keystore/create", keystore.CreateKeyView.as_view()),
    path("activation/create", creation.CreateView.as_view()),
    path("activation/status", activation.StatusView.as_view()),
    path("activation/detail", activation.DetailView.as_view()),
    path("activation/rename", activation.RenameView.as_view()),
    path("activation/remove", activation.RemoveView.as_view()),
    path("token/create", tokens.CreateTokenView.as_view()),
    path("token/remove", tokens.RemoveTokenView.as_view()),
    path("signature/validate", signature.ValidateView.as_view()),
    path("vault/unlock", vault.UnlockVaultView.as_view()),
    path("user/info", user_info.UserInfoView.as_view()),
    path("upgrade/start", upgrade.StartUpgradeView.as_view()),
    path("upgrade/commit", upgrade.CommitUpgradeView.as_view()),
    path("recovery/confirm", recovery.ConfirmRecoveryView.as_view()),
]
