"""Devices as back ends register them: push-and-inbox.md 2 and 3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment_server import VERSION
from enrollment_server.api.payloads.parsers import BareObjectParser
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import (
    NO_APPLICATION,
    UNKNOWN_APPLICATION,
    BusinessFailure,
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


class CreateView(PushServerView):
    """`push/device/create`: register a device of one activation."""

    http_method_names = ["post"]
    input_class = inputs.CreateInput
    changes = Changes(kind=DEVICE, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        inputs.check_one(body)
        activation_ids, device = [body["activation_id"]], inputs.device(body)
        try:
            services.register_for_back_end(body["app_id"], activation_ids, device, at=at)
        except NotRegistrable as error:
            raise BusinessFailure(OBSTACLES[error.obstacle]) from error


class CreateMultiView(PushServerView):
    """`push/device/create/multi`: register a device that several activations share."""

    http_method_names = ["post"]
    input_class = inputs.CreateMultiInput
    changes = Changes(kind=DEVICE, each="activation_ids")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        inputs.check_several(body)
        activation_ids, device = body["activation_ids"], inputs.device(body)
        try:
            services.register_for_back_end(body["app_id"], activation_ids, device, at=at)
        except NotRegistrable as error:
            # Which one it was is not told; an unknown application concerns all of them.
            unknown = error.obstacle is Obstacle.UNKNOWN_APPLICATION
            raise BusinessFailure(UNKNOWN_APPLICATION if unknown else ONE_OF_SEVERAL) from error


class DeleteView(PushServerView):
    """`push/device/delete`: forget a token, whoever registered it."""

    http_method_names = ["post", "delete"]
    input_class = inputs.TokenInput
    changes = Changes(kind=DEVICE, find=inputs.owners)

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"app_id": NO_APPLICATION, "token": NO_TOKEN})
        services.forget(body["app_id"], body["token"])


class UpdateStatusView(PushServerView):
    """`push/device/status/update`: hear of a state; a target for callbacks, hence no envelope."""

    http_method_names = ["post", "put"]
    parser_classes = [BareObjectParser]
    input_class = inputs.StatusInput
    changes = Changes(kind=DEVICE, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"activation_id": NO_ACTIVATION})
        services.update_state(body["activation_id"], body["activation_status"])


class ServiceStatusView(PushServerView):
    """`push/service/status`: tell that the service runs; the build carries no time."""

    http_method_names = ["get"]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {
            "applicationName": "powerauth-push",
            "applicationDisplayName": "PowerAuth Push Server",
            "applicationEnvironment": "",
            "version": VERSION,
            "buildTime": None,
            "timestamp": at,
        }
