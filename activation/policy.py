"""What a deployment allows when phones ask for activation codes, as configured.

The system checks read this module, so it needs no table.
"""

from typing import cast

from django.conf import settings

from activation.spawn.hook import RulesOnly, SpawnHook
from enrollment_server import extension

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
    return cast(SpawnHook, extension.make(name, _HOOK_METHODS)) if name else _RULES_ONLY
