"""What a back end reports of its users' decisions: integration-api.md 13.6, 13.9 and 13.10."""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from operations.audited import OPERATION
from operations.decisions import services
from operations.decisions.decisions import Decision
from operations.integration import examples
from operations.integration.presentation import (
    ApprovalOutcome,
    FailureOutcome,
    Outcome,
    RejectionOutcome,
    operation_object,
)
from operations.values import Result
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import AnyMap, EnumField, Text
from powerauth.integration.words import method
from powerauth.protocol.v3.signature import SignatureType

_method = partial(method, "Operations")
logger = logging.getLogger(__name__)


class ApproveInput(Input):
    """Who approved which operation, what they saw of it, and how they signed."""

    operation_id = Text(needed=True)
    user_id = Text(needed=True)
    application_id = Text(needed=True)
    data = Text(needed=True)  # type: ignore[assignment] # taken out of the class by its metaclass
    signature_type = EnumField(SignatureType, needed=True)
    additional_data = AnyMap()


class FailInput(Input):
    """Which operation somebody tried to approve with a wrong signature."""

    operation_id = Text(needed=True)
    additional_data = AnyMap()


class RejectInput(Input):
    """Who rejected which operation."""

    operation_id = Text(needed=True)
    user_id = Text(needed=True)
    application_id = Text(needed=True)
    additional_data = AnyMap()


class ApproveView(IntegrationView):
    """`operation/approve`; the back end has verified the signature."""

    endpoint = _method(
        "Approve an operation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_APPROVABLE,
        ErrorCode.APPLICATION_NOT_FOUND,
        description="The caller has verified that it was the user. An approval that does not fit "
        "the operation is a failed attempt, which is counted and answered with 200.",
        request={
            "operationId": examples.ID,
            "userId": "alice",
            "applicationId": "my-application",
            "data": examples.OPERATION["data"],
            "signatureType": "POSSESSION_KNOWLEDGE",
            "additionalData": examples.ADDITIONAL_DATA,
        },
        example=ApprovalOutcome(result=Result.APPROVED, operation=examples.APPROVED),
    )
    input_class = ApproveInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ApprovalOutcome:
        decision = services.approve(at=at, **body)
        self.noted(decision.operation)
        return _decided(decision, at=at)


class FailView(IntegrationView):
    """`operation/approve/fail`."""

    endpoint = _method(
        "Count a failed attempt to approve",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_FOUND,
        ErrorCode.OPERATION_STATE,
        description="The last attempt that is left makes the operation fail.",
        request={"operationId": examples.ID, "additionalData": examples.ADDITIONAL_DATA},
        example=FailureOutcome(
            result=Result.APPROVAL_FAILED, operation={**examples.OPERATION, "failureCount": 1}
        ),
    )
    input_class = FailInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> FailureOutcome:
        decision = services.fail(
            body["operation_id"], additional_data=body["additional_data"], at=at
        )
        self.noted(decision.operation)
        return _decided(decision, at=at)


class RejectView(IntegrationView):
    """`operation/reject`."""

    endpoint = _method(
        "Reject an operation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_REJECTABLE,
        ErrorCode.APPLICATION_NOT_FOUND,
        description="`REJECT_FAILED` tells that it is another user's or another application's; "
        "then nothing changes.",
        request={
            "operationId": examples.ID,
            "userId": "alice",
            "applicationId": "my-application",
        },
        example=RejectionOutcome(
            result=Result.REJECTED, operation={**examples.APPROVED, "status": "REJECTED"}
        ),
    )
    input_class = RejectInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RejectionOutcome:
        decision = services.reject(at=at, **body)
        self.noted(decision.operation)
        return _decided(decision, at=at)


def _decided(decision: Decision, *, at: datetime) -> Outcome:
    if decision.reasons:
        reasons = ",".join(decision.reasons)
        logger.info("approval refused: operation=%s reason=%s", decision.operation.pk, reasons)
    return {
        "result": decision.result.value,
        "operation": operation_object(decision.operation, at=at),
    }
