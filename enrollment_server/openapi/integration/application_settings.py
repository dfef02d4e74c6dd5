"""Roles and configuration of applications, integrations, usage: integration-api.md 5 and 14."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import answered, ok_example
from enrollment_server.openapi.integration.methods import command, method
from enrollment_server.openapi.shapes import (
    ANYTHING,
    Schema,
    flag,
    items,
    members,
    nullable,
    one_of,
    ref,
    text,
    whole,
)
from powerauth.engine.applications.telemetry import ReportName
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused, TelemetryRefused

_TAG = "Applications"
_CALLERS = "Integrations"
_BASE = "/rest/v3/application/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.APPLICATION_NOT_FOUND

_INTEGRATION = {"id": text(), "name": text(), "clientToken": text("The user name.")}
_SCHEMAS: dict[str, Schema] = {
    "ApplicationConfigEntry": members({"key": text(), "values": items(ANYTHING)}),
    "NewIntegration": members({**_INTEGRATION, "clientSecret": text("The password.")}),
    "Integration": members(
        {**_INTEGRATION, "clientSecret": nullable(text("Always null: only a hash is kept."))}
    ),
}
_BY_ID = {"applicationId": "my-application"}
_ENTRY = {"key": "fido2_aaguids_allowed", "values": ["d548826e-79b4-db40-a3d8-11116f7e8349"]}
_CALLER = {
    "id": "0f3c3ba4-3e8e-4dd1-a0d4-3ad1a1a9b6c5",
    "name": "back-end",
    "clientToken": "9a3b6cc3-2a29-4d8b-9b5b-6cbbd5f1e8f2",
}
_SECRET = "c2a2ffb3-6b57-4a6a-8d2d-7cf0d8a33c9e"  # noqa: S105 - an example


def _roles(summary: str, *, changes: bool = True) -> Endpoint:
    return method(
        _TAG,
        summary,
        _INVALID,
        _UNKNOWN,
        request={**_BY_ID, "applicationRoles": ["ROLE1"]} if changes else _BY_ID,
        result=ref("Application"),
        example={**_BY_ID, "applicationRoles": ["ROLE1"]},
    )


_APPLICATIONS = {
    f"{_BASE}detail/version": method(
        _TAG,
        "Find the application of an application key",
        _INVALID,
        _UNKNOWN,
        description="Versions that are not supported any more are found, too.",
        request={"applicationKey": "w4+hAeogFLTZjcSjPwbG2g=="},
        result=members({"applicationId": text()}),
        example=_BY_ID,
    ),
    f"{_BASE}roles/list": _roles("List the roles of an application", changes=False),
    f"{_BASE}roles/create": _roles("Add roles that are missing"),
    f"{_BASE}roles/update": _roles("Replace all roles"),
    f"{_BASE}roles/remove": _roles("Remove roles that are there"),
    f"{_BASE}config/create": method(
        _TAG,
        "Set a configuration value",
        _INVALID,
        _UNKNOWN,
        request={**_BY_ID, **_ENTRY},
        result=members(
            {"applicationId": text(), "key": text(), "values": items(ANYTHING)},
        ),
        example={**_BY_ID, **_ENTRY},
    ),
    f"{_BASE}config/detail": method(
        _TAG,
        "Read the configuration of an application",
        _INVALID,
        description="An unknown application has none.",
        request=_BY_ID,
        result=members(
            {
                "applicationId": text(),
                "applicationConfigs": items(ref("ApplicationConfigEntry")),
            }
        ),
        example={**_BY_ID, "applicationConfigs": [_ENTRY]},
    ),
    f"{_BASE}config/remove": command(
        _TAG, "Delete a configuration value", _INVALID, request={**_BY_ID, "key": _ENTRY["key"]}
    ),
}
_INTEGRATIONS = {
    "/rest/v3/integration/create": method(
        _CALLERS,
        "Create credentials for a back end",
        _INVALID,
        description="The secret is told this once.",
        request={"name": "back-end"},
        result=ref("NewIntegration"),
        example={**_CALLER, "clientSecret": _SECRET},
    ),
    "/rest/v3/integration/list": method(
        _CALLERS,
        "List the back ends that have credentials",
        result=members({"restrictedAccess": flag(), "items": items(ref("Integration"))}),
        example={"restrictedAccess": True, "items": [{**_CALLER, "clientSecret": None}]},
    ),
    "/rest/v3/integration/remove": method(
        _CALLERS,
        "Take the credentials from a back end",
        _INVALID,
        request={"id": _CALLER["id"]},
        result=members({"id": text(), "removed": flag("False if there were none.")}),
        example={"id": _CALLER["id"], "removed": True},
    ),
}


def _telemetry() -> Endpoint:
    request: dict[str, Any] = {
        "name": "USERS_IN_PAST_DAYS",
        "parameters": {"application": "my-application", "days": 7},
    }
    counted = {"application": "my-application", "users": 1250, "days": 7}
    return Endpoint(
        tag="Service",
        summary="Count the users of an application in the past days",
        description=(
            "`CURRENT_MAU` has the parameter `application` and counts 30 days; "
            "`USERS_IN_PAST_DAYS` has `application` and `days`, at most 365."
        ),
        example={"requestObject": request},
        result=answered(
            members(
                {
                    "name": one_of(*ReportName),
                    "reportData": members(
                        {"application": text(), "users": whole(), "days": whole()}
                    ),
                }
            )
        ),
        result_example=ok_example({"name": "USERS_IN_PAST_DAYS", "reportData": counted}),
        refusals=(CallRefused(EngineRefusal(_INVALID)), TelemetryRefused),
    )


_SERVICE = {
    "/rest/v3/error/list": method(
        "Service",
        "List the error codes",
        request={"language": "en"},
        result=members({"errors": items(members({"code": text(), "value": text()}))}),
        example={"errors": [{"code": _INVALID.value, "value": _INVALID.message}]},
    ),
    "/rest/v3/telemetry/report": _telemetry(),
}

CATALOGUE = Catalogue(schemas=_SCHEMAS, endpoints={**_APPLICATIONS, **_INTEGRATIONS, **_SERVICE})
