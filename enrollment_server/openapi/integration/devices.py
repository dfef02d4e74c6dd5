"""Devices: push-and-inbox.md 3."""

from collections.abc import Mapping
from typing import Any

from enrollment_server import VERSION
from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import OK_EXAMPLE, answered, ok_example
from enrollment_server.openapi.shapes import members, moment, nullable, ref, text
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    UNKNOWN_APPLICATION,
    BusinessFailure,
    InvalidMembers,
    Violation,
)
from push.integration import inputs
from push.integration.views import OBSTACLES, ONE_OF_SEVERAL

_TAG = "Push: devices"
_OF_DEVICE = (inputs.NO_PLATFORM, inputs.NO_TOKEN, inputs.ENVIRONMENT_WITHOUT_USE)
_WRONG_PLATFORM = InvalidMembers(
    [Violation(name="platform", value="windows", hint="must be one of ios, android")]
)
_TOKEN = {"appId": "mobile-app", "token": "b1a2c3"}
_DEVICE = {**_TOKEN, "platform": "apns", "environment": "production"}
_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"


def _command(
    summary: str,
    *complaints: str,
    example: Mapping[str, Any],
    description: str = "",
    violation: InvalidMembers | None = None,
) -> Endpoint:
    """Describe a method without a result; `complaints` are texts that it refuses with."""
    refusals = tuple(BusinessFailure(text) for text in (EMPTY_REQUEST, *complaints))
    return Endpoint(
        tag=_TAG,
        summary=summary,
        description=description,
        example=example,
        result=ref("Success"),
        result_example=OK_EXAMPLE,
        refusals=refusals if violation is None else (*refusals, violation),
    )


CATALOGUE = Catalogue(
    endpoints={
        "/push/device/create": _command(
            "Register the device of an activation",
            NO_APPLICATION,
            inputs.NO_ACTIVATION,
            *_OF_DEVICE,
            *OBSTACLES.values(),
            description=(
                "Repeating it brings the registration up to date. The device of an activation that "
                "is not ACTIVE is inactive, and follows its activation from then on. `platform` is "
                "`apns`, `fcm`, `hms`, or `ios`, `android`, `huawei`; only Apple has an "
                "`environment`, `development` or `production`."
            ),
            example={"requestObject": {**_DEVICE, "activationId": _ID}},
            violation=_WRONG_PLATFORM,
        ),
        "/push/device/create/multi": _command(
            "Register the device that several activations share",
            NO_APPLICATION,
            inputs.NO_ACTIVATIONS,
            inputs.EMPTY_ACTIVATIONS,
            *_OF_DEVICE,
            UNKNOWN_APPLICATION,
            ONE_OF_SEVERAL,
            description=f"All or none; at most {inputs.MAX_ACTIVATIONS} activations.",
            example={"requestObject": {**_DEVICE, "activationIds": [_ID]}},
            violation=_WRONG_PLATFORM,
        ),
        "/push/device/delete": _command(
            "Forget the devices with a token",
            NO_APPLICATION,
            inputs.NO_TOKEN,
            description="It succeeds if there are none, too.",
            example={"requestObject": _TOKEN},
        ),
        "/push/device/status/update": _command(
            "Tell what became of an activation",
            inputs.NO_ACTIVATION,
            description=(
                "A target for callbacks about activations: the object has no envelope, and other "
                "members beside these are ignored. Without a status, the one of the activation is "
                "looked up. A status can deactivate devices, but not activate those of an "
                "activation that is not ACTIVE. It succeeds for an unknown activation, too."
            ),
            example={"activationId": _ID, "activationStatus": "BLOCKED"},
        ),
        "/push/service/status": Endpoint(
            tag=_TAG,
            summary="Tell that the service runs",
            result=answered(ref("PushServiceStatus")),
            result_example=ok_example(
                {
                    "applicationName": "powerauth-push",
                    "applicationDisplayName": "PowerAuth Push Server",
                    "applicationEnvironment": "",
                    "version": VERSION,
                    "buildTime": None,
                    "timestamp": "2022-08-25T22:34:58.702+00:00",
                }
            ),
        ),
    },
    schemas={
        "PushServiceStatus": members(
            {
                "applicationName": text(),
                "applicationDisplayName": text(),
                "applicationEnvironment": text(),
                "version": text(),
                "buildTime": nullable(moment()),
                "timestamp": moment(),
            }
        )
    },
)
