"""Reports on usage: integration-api.md 14."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import one_of
from powerauth.engine.applications import telemetry
from powerauth.engine.applications.telemetry import ReportName, ReportRefused
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.errors import TelemetryRefused
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import AnyMap, Text
from powerauth.integration.inputs.validation import check, not_blank, not_null
from powerauth.integration.words import refused


class ReportInput(Input):
    """Which report, and about what."""

    name = Text(needed=True)
    parameters = AnyMap(needed=True)


class CountedUsers(TypedDict):
    """How many users an application had in the past days."""

    application: str
    users: int
    days: int


class UsageReport(TypedDict):
    """A report on usage."""

    name: Annotated[str, one_of(*(kind.value for kind in ReportName))]
    reportData: CountedUsers


_EXAMPLE: UsageReport = {
    "name": "USERS_IN_PAST_DAYS",
    "reportData": {"application": "my-application", "users": 1250, "days": 7},
}


class ReportView(IntegrationView):
    """`telemetry/report`."""

    endpoint = Endpoint(
        tag="Service",
        summary="Count the users of an application in the past days",
        description=(
            "`CURRENT_MAU` has the parameter `application` and counts 30 days; "
            "`USERS_IN_PAST_DAYS` has `application` and `days`, at most 365."
        ),
        example={
            "name": "USERS_IN_PAST_DAYS",
            "parameters": {"application": "my-application", "days": 7},
        },
        result_example=_EXAMPLE,
        refusals=(*refused(ErrorCode.INVALID_REQUEST), TelemetryRefused),
    )
    input_class = ReportInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> UsageReport:
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
