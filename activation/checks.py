"""System checks of this app's settings."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from activation import policy
from activation.spawn import rules


def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give one error for each setting that cannot be meant as it is."""
    problems = {
        "E001": _otp_length_problem(),
        "E002": _rules_problem(),
        "E003": _hook_problem(),
    }
    return [
        checks.Error(problem, id=f"activation.{number}")
        for number, problem in problems.items()
        if problem is not None
    ]


def check_deployment(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of plain requests for activation codes, which only TLS protects."""
    if not policy.spawn_enabled() or policy.encryption_required():
        return []
    return [
        checks.Warning(
            "ACTIVATION_SPAWN_REQUIRE_ENCRYPTION is false: a phone may send the OTP of a new "
            "activation, and get the activation code, without end-to-end encryption.",
            hint="Set it to true unless an app of yours depends on plain requests.",
            id="activation.W001",
        )
    ]


def _otp_length_problem() -> str | None:
    if 1 <= policy.min_otp_length() <= policy.MAX_OTP_LENGTH:
        return None
    return (
        f"ACTIVATION_SPAWN_MIN_OTP_LENGTH must be a whole number from 1 to {policy.MAX_OTP_LENGTH}."
    )


def _rules_problem() -> str | None:
    try:
        rules.of_setting(settings.ACTIVATION_SPAWN_RULES)
    except ImproperlyConfigured as error:
        return f"ACTIVATION_SPAWN_RULES cannot be used: {error}."
    return None


def _hook_problem() -> str | None:
    try:
        policy.hook()
    except ImproperlyConfigured as error:
        return f"ACTIVATION_SPAWN_HOOK cannot be used: {error}."
    return None
