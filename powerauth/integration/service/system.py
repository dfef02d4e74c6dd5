"""The state of the service: integration-api.md 5.1."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from enrollment_server import VERSION
from powerauth.integration.api import IntegrationView
from powerauth.integration.words import method


class ServiceStatus(TypedDict):
    """What runs here; the build carries no time."""

    status: str
    applicationName: str
    applicationDisplayName: str
    applicationEnvironment: str
    version: str
    buildTime: datetime | None
    timestamp: datetime


def _status(at: datetime) -> ServiceStatus:
    return {
        "status": "OK",
        "applicationName": "powerauth-server",
        "applicationDisplayName": "PowerAuth Server",
        "applicationEnvironment": "",
        "version": VERSION,
        "buildTime": None,
        "timestamp": at,
    }


class StatusView(IntegrationView):
    """`status`."""

    endpoint = method(
        "Service",
        "Tell that the service runs",
        example=_status(datetime(2024, 10, 24, 7, 25, 28, 123_000, UTC)),
    )

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ServiceStatus:
        return _status(at)
