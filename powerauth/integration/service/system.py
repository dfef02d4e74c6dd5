"""The state of the service: integration-api.md 5.1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment_server import VERSION
from powerauth.integration.api import IntegrationView


class StatusView(IntegrationView):
    """Tell that the service runs; the build carries no time."""

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {
            "status": "OK",
            "applicationName": "powerauth-server",
            "applicationDisplayName": "PowerAuth Server",
            "applicationEnvironment": "",
            "version": VERSION,
            "buildTime": None,
            "timestamp": at,
        }
