"""Offline approval for the bank's own web pages, below `/rest/v3/operation/offline/`.

These methods are our own: they join what a back end would otherwise do by `signature/offline/*`
and `operation/approve` itself (mobile-token-api.md 13.2 and 13.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from operations.audited import OPERATION
from operations.integration import examples
from operations.integration.presentation import (
    OfflineApprovalOutcome,
    OperationOfflineData,
    operation_object,
)
from operations.offline import offline
from operations.offline.targets import Target
from operations.values import Result
from powerauth import qr_code
from powerauth.engine.generations import choice
from powerauth.engine.signatures.offline import OfflineData
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import AnyMap, EnumField, Text
from powerauth.integration.renderers import IntegrationRenderer
from powerauth.integration.words import method, refused
from powerauth.qr_code import ImageFormat, TextTooLong
from powerauth.rules import invalid

_TAG = "Offline approval"
_REFUSALS = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.OPERATION_NOT_FOUND,
    ErrorCode.OPERATION_STATE,
    ErrorCode.OPERATION_NOT_APPROVABLE,
    ErrorCode.ACTIVATION_NOT_FOUND,
    ErrorCode.ACTIVATION_STATE,
)
_QR_REFUSALS = (*_REFUSALS, ErrorCode.APPLICATION_NOT_FOUND, ErrorCode.NO_MASTER_KEY_PAIR)
_QR_RULES = (
    "For an `activationId`, signed with its key, or for everybody in an `applicationId`, signed "
    "with the master key of the application that phones of the protocol of the called tree know; "
    "exactly one of them is needed. An operation with a "
    "proximity check needs an activation, and its text is as short-lived as the code in it. All "
    "texts of an operation have one nonce, so that the code for any of them is accepted."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A drawn QR code."""

    content: bytes
    media_type: str


class ImageRenderer(IntegrationRenderer):
    """Write an image as it is; refusals are JSON as everywhere."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if isinstance(data, bytes):
            return data
        return super().render(data, accepted_media_type, renderer_context)


class CreateInput(Input):
    """Which operation, for which activation or application, and in which language."""

    operation_id = Text(needed=True)
    activation_id = Text()
    application_id = Text()
    language = Text()


class QrInput(CreateInput):
    """The same, and which kind of image."""

    format = EnumField(ImageFormat)


class ApproveInput(Input):
    """The code that a user typed, by either of its names."""

    operation_id = Text(needed=True)
    activation_id = Text(needed=True)
    signature = Text()
    code = Text()
    additional_data = AnyMap()


class CreateView(IntegrationView):
    """`operation/offline/create`."""

    endpoint = method(
        _TAG,
        "Make the text of a QR code for an operation",
        *_QR_REFUSALS,
        description=_QR_RULES,
        request=examples.OFFLINE_REQUEST,
        example=OperationOfflineData(
            operationId=examples.ID, offlineData=examples.OFFLINE_DATA, nonce=examples.NONCE
        ),
    )
    input_class = CreateInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OperationOfflineData:
        made = _created(body, generation=self.tree, at=at)
        return {
            "operationId": body["operation_id"],
            "offlineData": made.offline_data,
            "nonce": made.nonce,
        }


class QrView(IntegrationView):
    """`operation/offline/qr`; the answer is the image itself."""

    endpoint = Endpoint(
        tag=_TAG,
        summary="Draw the QR code for an operation",
        description=f"The answer is the image itself, PNG unless SVG is asked for. {_QR_RULES}",
        example={**examples.OFFLINE_REQUEST, "format": "SVG"},
        images=tuple(image_format.value for image_format in ImageFormat),
        refusals=refused(*_QR_REFUSALS),
    )
    input_class = QrInput
    renderer_classes = [ImageRenderer]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Image:
        image_format: ImageFormat = body["format"] or ImageFormat.PNG
        try:
            # What cannot be drawn leaves no nonce behind either.
            with transaction.atomic():
                made = _created(body, generation=self.tree, at=at)
                drawn = qr_code.image(made.offline_data, image_format)
        except TextTooLong as error:
            raise EngineRefusal(ErrorCode.OPERATION_NOT_APPROVABLE) from error
        return Image(content=drawn, media_type=image_format.value)

    def post(self, request: Request, **in_path: object) -> Response:
        image: Image = super().post(request).data
        headers = {"Cache-Control": "no-store"}
        return Response(image.content, content_type=image.media_type, headers=headers)


class ApproveView(IntegrationView):
    """`operation/offline/approve`."""

    endpoint = method(
        _TAG,
        "Approve an operation by the code that its user typed",
        *_REFUSALS,
        description="The code stands in `signature` or in `code`, its digits in any groups. A "
        "wrong one is counted on the operation and on the activation, and answered with 200; a "
        "refusal counts nothing.",
        request={
            "operationId": examples.ID,
            "activationId": examples.ACTIVATION_ID,
            "code": "1234-5678-9012-3456",
        },
        example=OfflineApprovalOutcome(
            result=Result.APPROVED,
            operation=examples.APPROVED,
            signatureValid=True,
            activationStatus="ACTIVE",
            blockedReason=None,
            remainingAttempts=5,
        ),
    )
    input_class = ApproveInput
    changes = Changes(kind=OPERATION, given=("operation_id",), lock=False)

    def call(self, body: Mapping[str, Any], *, at: datetime) -> OfflineApprovalOutcome:
        if body["signature"] and body["code"]:
            raise invalid("code", "must be null with a signature, which is the same")
        outcome = offline.approve(
            body["operation_id"],
            activation_id=body["activation_id"],
            code=body["signature"] or body["code"],
            additional_data=body["additional_data"],
            at=at,
        )
        verdict = outcome.verdict
        return {
            "result": outcome.decision.result.value,
            "operation": operation_object(outcome.decision.operation, at=at),
            "signatureValid": verdict.valid,
            "activationStatus": verdict.activation.state,
            "blockedReason": verdict.activation.blocked_reason or None,
            "remainingAttempts": verdict.remaining_attempts,
        }


def _created(body: Mapping[str, Any], *, generation: int, at: datetime) -> OfflineData:
    target = Target(
        activation_id=body["activation_id"],
        application_id=body["application_id"],
        generation=choice.GENERATIONS[generation],
    )
    return offline.create(body["operation_id"], target, language=body["language"], at=at)
