"""Whether a server in front of a PowerAuth Server can serve any phone: docs/in-front.md."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from powerauth.protocol.versions import TRAITS
from powerauth.remote.server import is_remote
from powerauth.remote.trees import LINES


def check_in_front(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Give an error where the other server serves none of the versions that are admitted here.

    Settings that are wrong by themselves are told elsewhere.
    """
    lowest = TRAITS.get(settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION)
    served = LINES.get(settings.POWERAUTH_SERVICE_LINE)
    if not is_remote() or lowest is None or served is None or lowest.generation <= max(served):
        return []
    return [
        checks.Error(
            f"POWERAUTH_MINIMUM_PROTOCOL_VERSION is {lowest.version}, and a PowerAuth Server of "
            f"line {settings.POWERAUTH_SERVICE_LINE} serves no such phones.",
            hint="If that server is newer, set POWERAUTH_SERVICE_LINE to its line.",
            id="enrollment_server.E152",
        )
    ]
