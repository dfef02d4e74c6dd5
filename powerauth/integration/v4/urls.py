"""Paths of the integration API below `rest/v4/`: protocol-4.md 34.2."""

from collections.abc import Mapping

from django.urls import path

from powerauth.integration.api import IntegrationView
from powerauth.integration.cryptography import offline
from powerauth.integration.urls import IN_BOTH_TREES
from powerauth.integration.v4 import (
    applications,
    codes,
    encryption,
    factors,
    signing,
    status,
    tree,
    upgrades,
)

# Written in the words of the other tree.
_IN_OTHER_WORDS: Mapping[str, type[IntegrationView]] = {
    **IN_BOTH_TREES,
    "application/detail": applications.DetailView,
    "auth/verify": codes.VerifyView,
    "auth/offline/verify": codes.OfflineVerifyView,
    "auth/offline/personalized/create": offline.PersonalizedView,
    "auth/offline/non-personalized/create": offline.NonPersonalizedView,
    "activation/confirm": factors.ConfirmView,
    "activation/status": status.StatusView,
    "password/change": factors.ChangePasswordView,
    "biometry/add": factors.AddBiometryView,
    "biometry/remove": factors.RemoveBiometryView,
    "upgrade/start": upgrades.StartView,
}
_IN_THESE_WORDS: Mapping[str, type[IntegrationView]] = {
    "audit/list": codes.AuditView,
    "encryptor": encryption.EncryptorView,
    "dsa/sign": signing.SignView,
    "dsa/verify": signing.VerifyView,
    "jwt/sign": signing.SignJwsView,
    "jwt/verify": signing.VerifyJwsView,
    "upgrade/confirm": upgrades.ConfirmView,
}

urlpatterns = [
    *(tree.method(route, view) for route, view in _IN_OTHER_WORDS.items()),
    *(path(route, view.as_view()) for route, view in _IN_THESE_WORDS.items()),
]
