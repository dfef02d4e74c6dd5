"""Methods about operations below `/rest/v3/operation/`: integration-api.md 13."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from operations.audited import OPERATION
from operations.decisions import creation, listing, services
from operations.decisions.creation import NewOperation
from operations.integration import examples
from operations.integration.presentation import BankOperation, operation_object
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import AnyMap, Flag, Text, TextList, TextMap
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.words import method

_method = partial(method, "Operations")


class CreateInput(Input):
    """What to ask a user."""

    user_id = Text()
    applications = TextList(needed=True)
    activation_flag = Text()
    template_name = Text(needed=True)
    timestamp_expires = FlexibleDateTime()
    external_id = Text()
    parameters = TextMap()
    additional_data = AnyMap()
    proximity_check_enabled = Flag()
    activation_id = Text()


class OperationInput(Input):
    """Which operation, and a user: who takes it if nobody has it, or who has to have it."""

    operation_id = Text(needed=True)
    user_id = Text()


class ClaimInput(OperationInput):
    """Which operation, and who takes it."""

    user_id = Text(needed=True)


class CancelInput(Input):
    """Which operation, and why it is not needed any more."""

    operation_id = Text(needed=True)
    status_reason = Text()
    additional_data = AnyMap()


class CreateView(IntegrationView):
    """`operation/create`."""

    endpoint = _method(
        "Ask a user to approve something",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_TEMPLATE_NOT_FOUND,
        ErrorCode.APPLICATION_NOT_FOUND,
        description="Without a user, the first who claims the operation gets it.",
        request={
            "userId": "alice",
            "applications": ["my-application"],
            "templateName": "payment",
            "parameters": examples.PARAMETERS,
        },
        example=examples.OPERATION,
    )
    input_class = CreateInput
    changes = Changes(kind=OPERATION, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BankOperation:
        wanted = NewOperation(
            template_name=body["template_name"],
            applications=body["applications"],
            user_id=body["user_id"],
            activation_id=body["activation_id"],
            activation_flag=body["activation_flag"],
            external_id=body["external_id"],
            parameters=body["parameters"],
            additional_data=body["additional_data"],
            expires_at=body["timestamp_expires"],
            proximity_check=body["proximity_check_enabled"],
        )
        operation = self.noted(creation.create(wanted, at=at))
        return operation_object(operation, at=at, otp=True)


class DetailView(IntegrationView):
    """`operation/detail`; with a user it also claims."""

    endpoint = _method(
        "Show an operation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_FOUND,
        description="With a user, it also claims.",
        request={"operationId": examples.ID},
        example=examples.OPERATION,
    )
    input_class = OperationInput
    changes = Changes(kind=OPERATION, given=("operation_id",), if_given="user_id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BankOperation:
        if body["user_id"] is None:
            operation = listing.get(body["operation_id"])
        else:
            operation = services.claim(body["operation_id"], user_id=body["user_id"], at=at)
            self.noted(operation)
        return operation_object(operation, at=at, otp=True, device=True)


class ClaimView(IntegrationView):
    """`operation/claim`."""

    endpoint = _method(
        "Give an operation to a user",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_FOUND,
        description="Only while the operation is pending and nobody else has it. Who calls answers "
        "for it that the user can decide; phones, which claim by themselves, are checked.",
        request={"operationId": examples.ID, "userId": "alice"},
        example=examples.OPERATION,
    )
    input_class = ClaimInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BankOperation:
        operation = services.claim(body["operation_id"], user_id=body["user_id"], at=at)
        return operation_object(self.noted(operation), at=at, device=True)


class ReleaseView(IntegrationView):
    """`operation/claim/release`, which is our own: what a user has claimed waits for anybody."""

    endpoint = _method(
        "Take a claimed operation from its user",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_FOUND,
        ErrorCode.OPERATION_STATE,
        description="Anybody may claim it again. Only a pending operation that was claimed is "
        "given back: one that was created for its user is nobody else's and is refused. One "
        "without a user stays as it is, so that the call can be repeated. With `userId`, it is "
        "given back only if that user has it. Failed attempts stay counted, and no callback is "
        "sent, as none is for a claim.",
        request={"operationId": examples.ID, "userId": "alice"},
        example={**examples.OPERATION, "userId": None},
    )
    input_class = OperationInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BankOperation:
        operation = services.release(body["operation_id"], user_id=body["user_id"], at=at)
        return operation_object(self.noted(operation), at=at, device=True)


class CancelView(IntegrationView):
    """`operation/cancel`."""

    endpoint = _method(
        "Cancel an operation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.OPERATION_NOT_FOUND,
        ErrorCode.OPERATION_STATE,
        request={"operationId": examples.ID, "statusReason": "USER_CALLED"},
        example={**examples.OPERATION, "status": "CANCELED", "statusReason": "USER_CALLED"},
    )
    input_class = CancelInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> BankOperation:
        operation = services.cancel(
            body["operation_id"],
            reason=body["status_reason"],
            additional_data=body["additional_data"],
            at=at,
        )
        return operation_object(self.noted(operation), at=at, device=True)
