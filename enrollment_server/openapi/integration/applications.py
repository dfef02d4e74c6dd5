"""The service and its applications: integration-api.md 5."""

from enrollment_server import VERSION
from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import (
    Schema,
    binary,
    flag,
    items,
    members,
    moment,
    nullable,
    ref,
    text,
)
from powerauth.errors import ErrorCode

_TAG = "Applications"
_BASE = "/rest/v3/application/"
_INVALID = ErrorCode.INVALID_REQUEST
_UNKNOWN = ErrorCode.APPLICATION_NOT_FOUND
_DUPLICATE = ErrorCode.DUPLICATE_APPLICATION

_APPLICATION = {"applicationId": text(), "applicationRoles": items(text())}
_CREDENTIALS = {
    "applicationVersionId": text("Name of the version."),
    "applicationKey": binary(),
    "applicationSecret": binary(),
    "supported": flag(),
}
_SCHEMAS: dict[str, Schema] = {
    "ServiceStatus": members(
        {
            "status": text(),
            "applicationName": text(),
            "applicationDisplayName": text(),
            "applicationEnvironment": text(),
            "version": text(),
            "buildTime": nullable(moment()),
            "timestamp": moment(),
        }
    ),
    "Application": members(_APPLICATION),
    "ApplicationDetail": members(
        {
            **_APPLICATION,
            "masterPublicKey": binary("P-256, uncompressed."),
            "versions": items(ref("ApplicationVersion")),
        }
    ),
    "ApplicationVersion": members(
        {**_CREDENTIALS, "mobileSdkConfig": text("What a build of the app is configured with.")}
    ),
    "NewApplicationVersion": members(
        {**_CREDENTIALS, "applicationVersionName": nullable(text("Always null."))}
    ),
    "VersionSupport": members({"applicationVersionId": text(), "supported": flag()}),
}
_EXAMPLE = {"applicationId": "my-application", "applicationRoles": ["ROLE1"]}
_VERSION_EXAMPLE = {
    "applicationVersionId": "default",
    "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
    "applicationSecret": "Szls/7JWbKN+FAOijHcsPA==",
    "supported": True,
}
_PUBLIC_KEY = (
    "BEEOwljSgItBIAnzr3f7K36s+KKoUzC8LE+K+7Dy0X6iAkcPXAjLP1KKPxdqyM/iihHAcW5x/WzJPCbtytcJo2w="
)
_SDK_CONFIG = (
    "ARDDj6EB6iAUtNmNxKM/BsbaEEs5bP+yVmyjfhQDoox3LDwBAUEEQQ7CWNKAi0EgCfOvd/srfqz4oqhTMLwsT4r7sPLR"
    "fqICRw9cCMs/Uoo/F2rIz+KKEcBxbnH9bMk8Ju3K1wmjbA=="
)
_BY_ID = {"applicationId": "my-application"}
_BY_VERSION = {"applicationId": "my-application", "applicationVersionId": "default"}

CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        "/rest/v3/status": method(
            "Service",
            "Tell that the service runs",
            result=ref("ServiceStatus"),
            example={
                "status": "OK",
                "applicationName": "powerauth-server",
                "applicationDisplayName": "PowerAuth Server",
                "applicationEnvironment": "",
                "version": VERSION,
                "buildTime": None,
                "timestamp": "2024-10-24T07:25:28.123+00:00",
            },
        ),
        f"{_BASE}list": method(
            _TAG,
            "List the applications",
            result=members({"applications": items(ref("Application"))}),
            example={"applications": [_EXAMPLE]},
        ),
        f"{_BASE}detail": method(
            _TAG,
            "Show an application with all that a build of the app needs",
            _INVALID,
            _UNKNOWN,
            ErrorCode.NO_MASTER_KEY_PAIR,
            request=_BY_ID,
            result=ref("ApplicationDetail"),
            example={
                **_EXAMPLE,
                "masterPublicKey": _PUBLIC_KEY,
                "versions": [{**_VERSION_EXAMPLE, "mobileSdkConfig": _SDK_CONFIG}],
            },
        ),
        f"{_BASE}create": method(
            _TAG,
            "Create an application",
            _INVALID,
            _DUPLICATE,
            description="It gets a master key pair, and a supported version named `default`.",
            request=_BY_ID,
            result=ref("Application"),
            example={**_EXAMPLE, "applicationRoles": []},
        ),
        f"{_BASE}version/create": method(
            _TAG,
            "Add a version to an application",
            _INVALID,
            _UNKNOWN,
            _DUPLICATE,
            request=_BY_VERSION,
            result=ref("NewApplicationVersion"),
            example={**_VERSION_EXAMPLE, "applicationVersionName": None},
        ),
        f"{_BASE}version/support": method(
            _TAG,
            "Support a version",
            _INVALID,
            _UNKNOWN,
            request=_BY_VERSION,
            result=ref("VersionSupport"),
            example={"applicationVersionId": "default", "supported": True},
        ),
        f"{_BASE}version/unsupport": method(
            _TAG,
            "Support a version no longer",
            _INVALID,
            _UNKNOWN,
            description="Its apps cannot activate, sign or encrypt any more.",
            request=_BY_VERSION,
            result=ref("VersionSupport"),
            example={"applicationVersionId": "default", "supported": False},
        ),
    },
)
