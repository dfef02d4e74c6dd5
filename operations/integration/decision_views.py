"""What a back end reports of its users' decisions: integration-api.md 13.6, 13.9 and 13.10."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations.audited import OPERATION
from operations.decisions import services
from operations.decisions.decisions import Decision
from operations.integration.presentation import operation_object
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import AnyMap, EnumField, Text
from powerauth.protocol.v3.signature import SignatureType

logger = logging.getLogger(__name__)


class ApproveInput(Input):
    """Who approved which operation, what they saw of it, and how they signed."""

    operation_id = Text()
    user_id = Text()
    application_id = Text()
    data = Text()  # type: ignore[assignment] # taken out of the class by its metaclass
    signature_type = EnumField(SignatureType)
    additional_data = AnyMap()


class FailInput(Input):
    """Which operation somebody tried to approve with a wrong signature."""

    operation_id = Text()
    additional_data = AnyMap()


class RejectInput(Input):
    """Who rejected which operation."""

    operation_id = Text()
    user_id = Text()
    application_id = Text()
    additional_data = AnyMap()


class ApproveView(IntegrationView):
    """`operation/approve`; the back end has verified the signature."""

    input_class = ApproveInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _decided(services.approve(at=at, **body), at=at)


class FailView(IntegrationView):
    """`operation/approve/fail`."""

    input_class = FailInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        decision = services.fail(
            body["operation_id"], additional_data=body["additional_data"], at=at
        )
        return _decided(decision, at=at)


class RejectView(IntegrationView):
    """`operation/reject`."""

    input_class = RejectInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return _decided(services.reject(at=at, **body), at=at)


def _decided(decision: Decision, *, at: datetime) -> dict[str, Any]:
    if decision.reasons:
        reasons = ",".join(decision.reasons)
        logger.info("approval refused: operation=%s reason=%s", decision.operation.pk, reasons)
    return {
        "result": decision.result.value,
        "operation": operation_object(decision.operation, at=at),
    }
