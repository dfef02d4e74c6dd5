"""Reports on usage: integration-api.md 14."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.applications import telemetry
from powerauth.engine.applications.telemetry import ReportRefused
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.errors import TelemetryRefused
from powerauth.integration.fields import AnyMap, Text
from powerauth.integration.validation import check, not_blank, not_null


class ReportInput(Input):
    """Which report, and about what."""

    name = Text()
    parameters = AnyMap()


class ReportView(IntegrationView):
    """`telemetry/report`."""

    input_class = ReportInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        name, parameters = body["name"], body["parameters"]
        check({"name": not_blank(name), "parameters": not_null(parameters)})
        try:
            report = telemetry.report(name, parameters, at=at)
        except ReportRefused as error:
            raise TelemetryRefused from error
        return {
            "name": report.name.value,
            "reportData": {
                "application": report.application_id,
                "users": report.users,
                "days": report.days,
            },
        }
