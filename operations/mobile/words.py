"""What the documents say of the mobile operation endpoints in common."""

from functools import partial
from typing import Annotated, TypedDict

from enrollment_server.api.contract.endpoint import Endpoint, Ignored, Refusal
from enrollment_server.api.contract.shapes import Shape
from enrollment_server.api.errors import NotFound
from enrollment_server.api.mobile import InvalidActivation
from operations.errors import (
    ActivationFlagRequired,
    ApplicationNotFound,
    EngineUnavailable,
    ForeignOperation,
    OperationAlreadyCanceled,
    OperationAlreadyFailed,
    OperationAlreadyFinished,
    OperationExpired,
    OperationNotFound,
    TemplateNotFound,
    TemplateUnusable,
)
from operations.mobile import examples
from operations.mobile.serializers import OperationInput
from operations.screen.presentation import Operation


class ServerTime(TypedDict):
    """The time of the server, which older apps set their clock by."""

    currentTimestamp: Annotated[
        str,
        Shape(
            "Time of the server: UTC, whole seconds.",
            keywords={"example": "2018-07-02T14:43:14+0000"},
        ),
    ]


_ALWAYS: tuple[Refusal, ...] = (NotFound, InvalidActivation, EngineUnavailable)
_STATES: tuple[Refusal, ...] = (
    OperationAlreadyFinished,
    OperationAlreadyFailed,
    OperationAlreadyCanceled,
    OperationExpired,
)
DECISION: tuple[Refusal, ...] = (
    *_ALWAYS,
    *_STATES,
    ApplicationNotFound,
    OperationNotFound,
    ActivationFlagRequired("PREMIUM"),
)
STAMP: ServerTime = {"currentTimestamp": "2018-07-02T14:43:14+0000"}

endpoint = partial(Endpoint, tag="Operations")
of_list = partial(
    endpoint,
    description="Newest first, at most 100.",
    body=Ignored,
    result=list[Operation],
    refusals=(*_ALWAYS, ApplicationNotFound),
    localized=True,
)
of_one = partial(
    endpoint,
    body=OperationInput,
    example=examples.BY_ID,
    result=Operation,
    beside=ServerTime,
    result_example=examples.OPERATION,
    beside_example=STAMP,
    refusals=(
        *_ALWAYS,
        *_STATES,
        OperationNotFound,
        ForeignOperation,
        TemplateNotFound,
        TemplateUnusable,
    ),
    localized=True,
)
