"""Paths of the integration API below `rest/v3/`: integration-api.md 3."""

from django.urls import path

from powerauth.integration.activations import changes as activation_changes
from powerauth.integration.activations import creation as activation_creation
from powerauth.integration.activations import flags, init, recovery
from powerauth.integration.activations import lifecycle as activations
from powerauth.integration.activations import reads as activation_reads
from powerauth.integration.applications import applications, callbacks
from powerauth.integration.applications import configuration as application_config
from powerauth.integration.applications import roles as application_roles
from powerauth.integration.cryptography import (
    encryption,
    offline,
    signatures,
    tokens,
    upgrades,
    vault,
)
from powerauth.integration.service import error_codes, integrations, system, telemetry

urlpatterns = [
    path("status", system.StatusView.as_view()),
    path("error/list", error_codes.ListView.as_view()),
    path("telemetry/report", telemetry.ReportView.as_view()),
    path("integration/create", integrations.CreateView.as_view()),
    path("integration/list", integrations.ListView.as_view()),
    path("integration/remove", integrations.RemoveView.as_view()),
    path("application/list", applications.ListView.as_view()),
    path("application/detail", applications.DetailView.as_view()),
    path("application/detail/version", applications.DetailOfVersionView.as_view()),
    path("application/create", applications.CreateView.as_view()),
    path("application/version/create", applications.CreateVersionView.as_view()),
    path("application/version/support", applications.SupportVersionView.as_view()),
    path("application/version/unsupport", applications.UnsupportVersionView.as_view()),
    path("application/roles/list", application_roles.ListView.as_view()),
    path("application/roles/create", application_roles.CreateView.as_view()),
    path("application/roles/update", application_roles.UpdateView.as_view()),
    path("application/roles/remove", application_roles.RemoveView.as_view()),
    path("application/config/create", application_config.CreateView.as_view()),
    path("application/config/detail", application_config.DetailView.as_view()),
    path("application/config/remove", application_config.RemoveView.as_view()),
    path("application/callback/create", callbacks.CreateView.as_view()),
    path("application/callback/update", callbacks.UpdateView.as_view()),
    path("application/callback/list", callbacks.ListView.as_view()),
    path("application/callback/remove", callbacks.RemoveView.as_view()),
    path("activation/init", init.InitView.as_view()),
    path("activation/commit", activations.CommitView.as_view()),
    path("activation/otp/update", activations.UpdateOtpView.as_view()),
    path("activation/name/update", activation_changes.UpdateNameView.as_view()),
    path("activation/lookup", activation_changes.LookupView.as_view()),
    path("activation/status/update", activation_changes.UpdateStatusView.as_view()),
    path("activation/recovery/create", recovery.CreateActivationView.as_view()),
    path("activation/remove", activations.RemoveView.as_view()),
    path("activation/block", activations.BlockView.as_view()),
    path("activation/unblock", activations.UnblockView.as_view()),
    path("activation/status", activation_reads.StatusView.as_view()),
    path("activation/list", activation_reads.ListView.as_view()),
    path("activation/history", activation_reads.HistoryView.as_view()),
    path("activation/flags/list", flags.ListView.as_view()),
    path("activation/flags/create", flags.CreateView.as_view()),
    path("activation/flags/update", flags.UpdateView.as_view()),
    path("activation/flags/remove", flags.RemoveView.as_view()),
    path("recovery/config/detail", recovery.ConfigDetailView.as_view()),
    path("recovery/config/update", recovery.ConfigUpdateView.as_view()),
    path("recovery/create", recovery.CreateView.as_view()),
    path("recovery/confirm", recovery.ConfirmView.as_view()),
    path("recovery/lookup", recovery.LookupView.as_view()),
    path("recovery/revoke", recovery.RevokeView.as_view()),
    path("activation/prepare", encryption.PrepareView.as_view()),
    path("activation/create", activation_creation.CreateView.as_view()),
    path("signature/verify", signatures.VerifyView.as_view()),
    path("signature/list", signatures.AuditView.as_view()),
    path("signature/ecdsa/verify", signatures.EcdsaVerifyView.as_view()),
    path("signature/ecdsa/sign", signatures.EcdsaSignView.as_view()),
    path("signature/offline/personalized/create", offline.PersonalizedView.as_view()),
    path("signature/offline/non-personalized/create", offline.NonPersonalizedView.as_view()),
    path("signature/offline/verify", offline.VerifyView.as_view()),
    path("ecies/decryptor", encryption.DecryptorView.as_view()),
    path("keystore/create", encryption.CreateKeyView.as_view()),
    path("keystore/remove", encryption.RemoveKeyView.as_view()),
    path("token/create", tokens.CreateView.as_view()),
    path("token/validate", tokens.ValidateView.as_view()),
    path("token/remove", tokens.RemoveView.as_view()),
    path("vault/unlock", vault.UnlockView.as_view()),
    path("upgrade/start", upgrades.StartUpgradeView.as_view()),
    path("upgrade/commit", upgrades.CommitUpgradeView.as_view()),
]
