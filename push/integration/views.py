"""Devices as back ends register them: push-and-inbox.md 2 and 3."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from enrollment_server import VERSION
from enrollment_server.api.contract.endpoint import Endpoint, Refusal
from enrollment_server.api.payloads.parsers import BareObjectParser
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    UNKNOWN_APPLICATION,
    BusinessFailure,
    EngineUnreachable,
    InvalidMembers,
    Violation,
)
from push import services
from push.audited import DEVICE
from push.errors import NotRegistrable, Obstacle
from push.integration import inputs
from push.integration.inputs import NO_ACTIVATION, NO_TOKEN

OBSTACLES = {
    Obstacle.UNKNOWN_APPLICATION: UNKNOWN_APPLICATION,
    Obstacle.UNKNOWN_ACTIVATION: (
        "Device registration failed because activation status is unknown"
    ),
    Obstacle.REMOVED_ACTIVATION: (
        "Device registration failed because associated activation is not ACTIVE"
    ),
}
ONE_OF_SEVERAL = "Device registration failed"

_TAG = "Push: devices"
_OF_DEVICE = (inputs.NO_PLATFORM, NO_TOKEN, inputs.ENVIRONMENT_WITHOUT_USE)
_WRONG_PLATFORM = InvalidMembers(
    [Violation(name="platform", value="windows", hint="must be one of ios, android")]
)
_ACTIVATION_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
_TOKEN = {"appId": "mobile-app", "token": "b1a2c3"}
_DEVICE = {**_TOKEN, "platform": "apns", "environment": "production"}


def _command(
    summary: str,
    *complaints: str,
    example: Mapping[str, Any],
    description: str = "",
    others: Sequence[Refusal] = (),
) -> Endpoint:
    """Describe a method without a result; `complaints` are texts that it refuses with."""
    refusals = (BusinessFailure(text) for text in (EMPTY_REQUEST, *complaints))
    return Endpoint(
        tag=_TAG,
        summary=summary,
        description=description,
        example=example,
        refusals=(*refusals, *others),
    )


class PushServiceStatus(TypedDict):
    """The service and its build."""

    applicationName: str
    applicationDisplayName: str
    applicationEnvironment: str
    version: str
    buildTime: datetime | None
    timestamp: datetime


class CreateView(PushServerView):
    """`push/device/create`: register a device of one activation."""

    endpoint = _command(
        "Register the device of an activation",
        NO_APPLICATION,
        NO_ACTIVATION,
        *_OF_DEVICE,
        *OBSTACLES.values(),
        description=(
            "Repeating it brings the registration up to date. The device of an activation that "
            "is not ACTIVE is inactive, and follows its activation from then on. `platform` is "
            "`apns`, `fcm`, `hms`, or `ios`, `android`, `huawei`; only Apple has an "
            "`environment`, `development` or `production`."
        ),
        example={**_DEVICE, "activationId": _ACTIVATION_ID},
        others=(_WRONG_PLATFORM, EngineUnreachable),
    )
    http_method_names = ["post"]
    input_class = inputs.CreateInput
    changes = Changes(kind=DEVICE, given=("activation_id",))

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        inputs.check_one(body)
        self._known = services.known_to_back_end(
            body["app_id"], [body["activation_id"]], body["token"], at=at
        )

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        named, device = [body["activation_id"]], inputs.device(body)
        try:
            services.register_for_back_end(body["app_id"], named, device, self._known, at=at)
        except NotRegistrable as error:
            raise BusinessFailure(OBSTACLES[error.obstacle]) from error


class CreateMultiView(PushServerView):
    """`push/device/create/multi`: register a device that several activations share."""

    endpoint = _command(
        "Register the device that several activations share",
        NO_APPLICATION,
        inputs.NO_ACTIVATIONS,
        inputs.EMPTY_ACTIVATIONS,
        *_OF_DEVICE,
        UNKNOWN_APPLICATION,
        ONE_OF_SEVERAL,
        description=f"All or none; at most {inputs.MAX_ACTIVATIONS} activations.",
        example={**_DEVICE, "activationIds": [_ACTIVATION_ID]},
        others=(_WRONG_PLATFORM, EngineUnreachable),
    )
    http_method_names = ["post"]
    input_class = inputs.CreateMultiInput
    changes = Changes(kind=DEVICE, each="activation_ids")

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        inputs.check_several(body)
        self._known = services.known_to_back_end(
            body["app_id"], body["activation_ids"], body["token"], at=at
        )

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        named, device = body["activation_ids"], inputs.device(body)
        try:
            services.register_for_back_end(body["app_id"], named, device, self._known, at=at)
        except NotRegistrable as error:
            # Which one it was is not told; an unknown application concerns all of them.
            unknown = error.obstacle is Obstacle.UNKNOWN_APPLICATION
            raise BusinessFailure(UNKNOWN_APPLICATION if unknown else ONE_OF_SEVERAL) from error


class DeleteView(PushServerView):
    """`push/device/delete`: forget a token, whoever registered it."""

    endpoint = _command(
        "Forget the devices with a token",
        NO_APPLICATION,
        NO_TOKEN,
        description="It succeeds if there are none, too.",
        example=_TOKEN,
    )
    http_method_names = ["post", "delete"]
    input_class = inputs.TokenInput
    changes = Changes(kind=DEVICE, find=inputs.owners)

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"app_id": NO_APPLICATION, "token": NO_TOKEN})
        services.forget(body["app_id"], body["token"])


class UpdateStatusView(PushServerView):
    """`push/device/status/update`: hear of a state; a target for callbacks, hence no envelope."""

    endpoint = _command(
        "Tell what became of an activation",
        NO_ACTIVATION,
        description=(
            "A target for callbacks about activations: the object has no envelope, and other "
            "members beside these are ignored. Without a status, the one of the activation is "
            "looked up. A status can deactivate devices, but not activate those of an "
            "activation that is not ACTIVE. It succeeds for an unknown activation, too."
        ),
        example={"activationId": _ACTIVATION_ID, "activationStatus": "BLOCKED"},
        others=(EngineUnreachable,),
    )
    http_method_names = ["post", "put"]
    parser_classes = [BareObjectParser]
    input_class = inputs.StatusInput
    changes = Changes(kind=DEVICE, given=("activation_id",))

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"activation_id": NO_ACTIVATION})
        self._known = services.known_of_state(body["activation_id"], body["activation_status"])

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        services.update_state(body["activation_id"], self._known)


class ServiceStatusView(PushServerView):
    """`push/service/status`: tell that the service runs; the build carries no time."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Tell that the service runs",
        result_example=PushServiceStatus(
            applicationName="powerauth-push",
            applicationDisplayName="PowerAuth Push Server",
            applicationEnvironment="",
            version=VERSION,
            buildTime=None,
            timestamp=datetime.fromisoformat("2022-08-25T22:34:58.702+00:00"),
        ),
    )
    http_method_names = ["get"]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> PushServiceStatus:
        return {
            "applicationName": "powerauth-push",
            "applicationDisplayName": "PowerAuth Push Server",
            "applicationEnvironment": "",
            "version": VERSION,
            "buildTime": None,
            "timestamp": at,
        }
