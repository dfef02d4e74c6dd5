"""Paths of the integration API below `rest/v3/`: integration-api.md 3, protocol-4.md 34.2."""

from collections.abc import Mapping

from django.urls import path

from powerauth.integration.activations import changes as activation_changes
from powerauth.integration.activations import creation as activation_creation
from powerauth.integration.activations import flags, init, recovery
from powerauth.integration.activations import lifecycle as activations
from powerauth.integration.activations import reads as activation_reads
from powerauth.integration.api import IntegrationView
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

# The other tree has these as well: `v4.urls`.
IN_BOTH_TREES: Mapping[str, type[IntegrationView]] = {
    "status": system.StatusView,
    "error/list": error_codes.ListView,
    "telemetry/report": telemetry.ReportView,
    "integration/create": integrations.CreateView,
    "integration/list": integrations.ListView,
    "integration/remove": integrations.RemoveView,
    "application/list": applications.ListView,
    "application/detail": applications.DetailView,
    "application/detail/version": applications.DetailOfVersionView,
    "application/create": applications.CreateView,
    "application/version/create": applications.CreateVersionView,
    "application/version/support": applications.SupportVersionView,
    "application/version/unsupport": applications.UnsupportVersionView,
    "application/roles/list": application_roles.ListView,
    "application/roles/create": application_roles.CreateView,
    "application/roles/update": application_roles.UpdateView,
    "application/roles/remove": application_roles.RemoveView,
    "application/config/create": application_config.CreateView,
    "application/config/detail": application_config.DetailView,
    "application/config/remove": application_config.RemoveView,
    "application/callback/create": callbacks.CreateView,
    "application/callback/update": callbacks.UpdateView,
    "application/callback/list": callbacks.ListView,
    "application/callback/remove": callbacks.RemoveView,
    "activation/init": init.InitView,
    "activation/commit": activations.CommitView,
    "activation/otp/update": activations.UpdateOtpView,
    "activation/name/update": activation_changes.UpdateNameView,
    "activation/lookup": activation_changes.LookupView,
    "activation/status/update": activation_changes.UpdateStatusView,
    "activation/remove": activations.RemoveView,
    "activation/block": activations.BlockView,
    "activation/unblock": activations.UnblockView,
    "activation/status": activation_reads.StatusView,
    "activation/list": activation_reads.ListView,
    "activation/history": activation_reads.HistoryView,
    "activation/flags/list": flags.ListView,
    "activation/flags/create": flags.CreateView,
    "activation/flags/update": flags.UpdateView,
    "activation/flags/remove": flags.RemoveView,
    "activation/prepare": encryption.PrepareView,
    "activation/create": activation_creation.CreateView,
    "keystore/create": encryption.CreateKeyView,
    "keystore/remove": encryption.RemoveKeyView,
    "token/create": tokens.CreateView,
    "token/validate": tokens.ValidateView,
    "token/remove": tokens.RemoveView,
    "vault/unlock": vault.UnlockView,
}
_ONLY_HERE: Mapping[str, type[IntegrationView]] = {
    "activation/recovery/create": recovery.CreateActivationView,
    "recovery/config/detail": recovery.ConfigDetailView,
    "recovery/config/update": recovery.ConfigUpdateView,
    "recovery/create": recovery.CreateView,
    "recovery/confirm": recovery.ConfirmView,
    "recovery/lookup": recovery.LookupView,
    "recovery/revoke": recovery.RevokeView,
    "signature/verify": signatures.VerifyView,
    "signature/list": signatures.AuditView,
    "signature/ecdsa/verify": signatures.EcdsaVerifyView,
    "signature/ecdsa/sign": signatures.EcdsaSignView,
    "signature/offline/personalized/create": offline.PersonalizedView,
    "signature/offline/non-personalized/create": offline.NonPersonalizedView,
    "signature/offline/verify": offline.VerifyView,
    "ecies/decryptor": encryption.DecryptorView,
    "upgrade/start": upgrades.StartUpgradeView,
    "upgrade/commit": upgrades.CommitUpgradeView,
}

urlpatterns = [
    path(route, view.as_view()) for route, view in {**IN_BOTH_TREES, **_ONLY_HERE}.items()
]
