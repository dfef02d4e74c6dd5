"""Callbacks of applications: integration-api.md 11.1."""

from typing import Any

from enrollment_server.openapi.endpoints import Catalogue
from enrollment_server.openapi.integration.methods import method
from enrollment_server.openapi.shapes import (
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
from powerauth.errors import ErrorCode
from powerauth.models import CallbackType

_TAG = "Callbacks"
_BASE = "/rest/v3/application/callback/"
_REFUSED = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.URL_FORMAT,
    ErrorCode.APPLICATION_NOT_FOUND,
)
_STORE = "A PEM or PKCS#12 file of the server, below its folder CALLBACK_FILES_DIR."
_ID = "0b5d3a7e-6f0e-4b0c-8f43-0f6f4a4f1f7d"

_CALLBACK: dict[str, Schema] = {
    "id": text(),
    "applicationId": text(),
    "name": text(),
    "type": one_of(*(kind.value for kind in CallbackType)),
    "callbackUrl": text(),
    "attributes": items(text("A member of the payload that is sent.")),
    "authentication": ref("CallbackAuthentication"),
    "retentionPeriod": text("How long delivered events are kept."),
    "initialBackoff": text("The pause after the first failure."),
    "maxAttempts": whole(),
}
_SCHEMAS: dict[str, Schema] = {
    "Callback": members(_CALLBACK),
    "NewCallback": members(
        {
            **_CALLBACK,
            "signingSecret": text("The key of the signatures of requests; shown this once."),
        }
    ),
    "CallbackAuthentication": members(
        {
            "certificate": members(
                {
                    "enabled": flag(),
                    "useCustomKeyStore": flag(),
                    "keyStoreLocation": nullable(text(_STORE)),
                    "keyStorePasswordSet": flag(),
                    "keyAlias": nullable(text()),
                    "keyPasswordSet": flag(),
                    "useCustomTrustStore": flag(),
                    "trustStoreLocation": nullable(text(_STORE)),
                    "trustStorePasswordSet": flag(),
                }
            ),
            "httpBasic": members(
                {"enabled": flag(), "username": nullable(text()), "passwordSet": flag()}
            ),
            "oauth2": members(
                {
                    "enabled": flag(),
                    "tokenUri": nullable(text()),
                    "clientId": nullable(text()),
                    "clientSecretSet": flag(),
                    "scope": nullable(text()),
                }
            ),
        },
        description="Secrets are not told, only whether there are any.",
    ),
}
_REQUEST: dict[str, Any] = {
    "applicationId": "my-application",
    "name": "core banking",
    "type": "OPERATION_STATUS_CHANGE",
    "callbackUrl": "https://core.bank.example/powerauth",
    "attributes": ["userId", "status", "operationType"],
    "authentication": {
        "httpBasic": {"enabled": True, "username": "powerauth", "password": "7kQv-example"}
    },
    "retentionPeriod": "P30D",
    "initialBackoff": "PT2S",
    "maxAttempts": 10,
}
_EXAMPLE: dict[str, Any] = {
    **_REQUEST,
    "id": _ID,
    "authentication": {
        "certificate": {
            "enabled": False,
            "useCustomKeyStore": False,
            "keyStoreLocation": None,
            "keyStorePasswordSet": False,
            "keyAlias": None,
            "keyPasswordSet": False,
            "useCustomTrustStore": False,
            "trustStoreLocation": None,
            "trustStorePasswordSet": False,
        },
        "httpBasic": {"enabled": True, "username": "powerauth", "passwordSet": True},
        "oauth2": {
            "enabled": False,
            "tokenUri": None,
            "clientId": None,
            "clientSecretSet": False,
            "scope": None,
        },
    },
    "retentionPeriod": "PT720H",
}

CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        f"{_BASE}create": method(
            _TAG,
            "Be told of changes",
            *_REFUSED,
            description=(
                "Each change is posted to the URL as a flat JSON object, until it is taken with "
                "HTTP 2xx; `Idempotency-Key` is the same at every attempt. `authentication` says "
                "how the server proves itself; the answer says only which secrets are set."
            ),
            request=_REQUEST,
            result=ref("NewCallback"),
            example={
                **_EXAMPLE,
                "signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwUTgvmhhVzzE=",
            },
        ),
        f"{_BASE}update": method(
            _TAG,
            "Configure a callback anew",
            *_REFUSED,
            description=(
                "Secrets that are null stay as they are; a blank one is taken away. With another "
                "scheme, host or port of the callback URL or of the token URI none stays, and what "
                "the enabled ways to authenticate need has to be given again."
            ),
            request={"id": _ID, **_REQUEST},
            result=ref("Callback"),
            example=_EXAMPLE,
        ),
        f"{_BASE}list": method(
            _TAG,
            "List the enabled callbacks of an application",
            ErrorCode.INVALID_REQUEST,
            ErrorCode.APPLICATION_NOT_FOUND,
            request={"applicationId": "my-application"},
            result=members({"callbackUrlList": items(ref("Callback"))}),
            example={"callbackUrlList": [_EXAMPLE]},
        ),
        f"{_BASE}remove": method(
            _TAG,
            "Disable a callback",
            ErrorCode.INVALID_REQUEST,
            request={"id": _ID},
            result=members({"id": text(), "removed": flag("Whether there is such a callback.")}),
            example={"id": _ID, "removed": True},
        ),
    },
)
