"""System checks of what belongs together in the settings of logins."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from enrollment_server.staff.provider import client as provider
from powerauth.oidc.addresses import is_as_secure
from powerauth.oidc.errors import OidcRefused


def check_login(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one error for each thing that would let nobody in, or the wrong ones."""
    tests: dict[str, Callable[[], str | None]] = {
        "E135": _provider,
        "E136": _groups,
        "E137": _no_way_in,
        "E138": _limits,
    }
    return [
        checks.Error(problem, id=f"enrollment_server.{identifier}")
        for identifier, test in tests.items()
        if (problem := test()) is not None
    ]


def check_login_of_deployment(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one warning for each thing that is fit for a trial, not for a bank."""
    warnings: list[checks.CheckMessage] = []
    if "admin" not in settings.SECTIONS:
        return warnings
    if settings.STAFF_PASSWORD_LOGIN and settings.STAFF_SECOND_FACTOR == "optional":
        warnings.append(
            checks.Warning(
                "STAFF_SECOND_FACTOR is optional: a password alone opens the back office.",
                id="enrollment_server.W030",
            )
        )
    if settings.STAFF_OIDC_SUPERUSER_GROUP:
        warnings.append(
            checks.Warning(
                "STAFF_OIDC_SUPERUSER_GROUP is set: whoever manages groups at the provider can "
                "do everything here.",
                id="enrollment_server.W031",
            )
        )
    return warnings


def _provider() -> str | None:
    if not settings.STAFF_OIDC_ISSUER:
        return None
    try:
        provider.configured("https://here.example/")
    except OidcRefused as refusal:
        return f"STAFF_OIDC_ISSUER cannot be used: {refusal}."
    page = settings.STAFF_OIDC_AUTHORIZE_URL
    if page and not is_as_secure(page, settings.STAFF_OIDC_ISSUER):
        return "STAFF_OIDC_AUTHORIZE_URL is neither https nor of this machine."
    if "openid" not in settings.STAFF_OIDC_SCOPES:
        return "STAFF_OIDC_SCOPES must list openid."
    return None


def _groups() -> str | None:
    for entry in settings.STAFF_OIDC_GROUPS:
        value, _, group = entry.rpartition("=")
        if not value.strip() or not group.strip():
            return "STAFF_OIDC_GROUPS must list pairs such as bank-clerks=Clerk."
    wanted = settings.STAFF_OIDC_GROUPS or settings.STAFF_OIDC_SUPERUSER_GROUP
    if settings.STAFF_OIDC_ISSUER and not wanted:
        return "STAFF_OIDC_GROUPS is empty: nobody could log in with the provider."
    return None


def _no_way_in() -> str | None:
    if settings.STAFF_PASSWORD_LOGIN or settings.STAFF_OIDC_ISSUER:
        return None
    return "STAFF_PASSWORD_LOGIN is false without STAFF_OIDC_ISSUER: nobody could log in."


def _limits() -> str | None:
    if settings.STAFF_SESSION_IDLE_S <= settings.STAFF_SESSION_MAX_S:
        return None
    return "STAFF_SESSION_IDLE_S must not be more than STAFF_SESSION_MAX_S."
