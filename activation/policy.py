"""What a deployment allows when phones ask for activation codes, as configured.

The system checks read this module, so it needs no table.
"""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from activation.hook import RulesOnly, SpawnHook

MAX_OTP_LENGTH = 128  # characters

_RULES_ONLY = RulesOnly()
_HOOK_METHODS = ("decide", "flags_to_add", "after_success")


def spawn_enabled() -> bool:
    """Tell whether phones may ask for activation codes at all."""
    return bool(settings.ACTIVATION_SPAWN_ENABLED)


def encryption_required() -> bool:
    """Tell whether a plain request for an activation code is refused."""
    return bool(settings.ACTIVATION_SPAWN_REQUIRE_ENCRYPTION)


def min_otp_length() -> int:
    """Give the characters that an OTP has at least."""
    return int(settings.ACTIVATION_SPAWN_MIN_OTP_LENGTH)


def hook() -> SpawnHook:
    """Give the hook of the deployment.

    Raises:
        ImproperlyConfigured: ACTIVATION_SPAWN_HOOK names nothing that makes a hook.
    """
    name = settings.ACTIVATION_SPAWN_HOOK
    return _load_hook(name) if name else _RULES_ONLY


@lru_cache(maxsize=4)
def _load_hook(name: str) -> SpawnHook:
    try:
        made: SpawnHook = import_string(name)()
    except (ImportError, TypeError) as error:
        raise ImproperlyConfigured(f"{name} cannot be imported and called: {error}") from error
    missing = [method for method in _HOOK_METHODS if not callable(getattr(made, method, None))]
    if missing:
        raise ImproperlyConfigured(f"{name} makes no hook: {', '.join(missing)} is missing")
    return made
