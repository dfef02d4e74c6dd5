"""Reading activations: integration-api.md 7.8, 7.11 and 7.14."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from powerauth.engine.activations import activation_queries, activation_status
from powerauth.engine.activations.activation_init import ActivationProtocol
from powerauth.engine.activations.activation_queries import ActivationFilter
from powerauth.errors import ErrorCode
from powerauth.integration.activations import answers as outputs
from powerauth.integration.activations import examples
from powerauth.integration.activations.one_activation import ActivationInput
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.fields import Binary, EnumField, ListOf, Text, WireEnumField
from powerauth.integration.inputs.paging import PageInput
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.words import method
from powerauth.models import ActivationState

_method = partial(method, "Activations")


class StatusInput(ActivationInput):
    """Which activation, and the challenge of its phone if there is one."""

    challenge = Binary()


class ListInput(PageInput):
    """Which activations of which user, and which page of them."""

    user_id = Text(needed=True)
    application_id = Text()
    protocols = ListOf(WireEnumField(ActivationProtocol))
    activation_statuses = ListOf(EnumField(ActivationState))


class HistoryInput(ActivationInput):
    """Which activation, and between which moments."""

    timestamp_from = FlexibleDateTime()
    timestamp_to = FlexibleDateTime()


class ActivationsOfUser(TypedDict):
    """The activations of a user."""

    userId: str
    activations: list[outputs.ActivationListItem]


class ActivationChanges(TypedDict):
    """What happened to an activation."""

    items: list[outputs.ActivationChange]


class StatusView(IntegrationView):
    """`activation/status`; an unknown activation is one that was removed."""

    endpoint = _method(
        "Read the status of an activation",
        ErrorCode.INVALID_REQUEST,
        description="An unknown activation is reported as removed.",
        request=examples.BY_ID,
        example=examples.STATUS,
    )
    input_class = StatusInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> outputs.ActivationStatusDetail:
        activation = activation_status.current(body["activation_id"], at=at)
        answer = activation_status.answer(activation, body["challenge"])
        if activation is None:
            return outputs.unknown_status(body["activation_id"], answer)
        return outputs.status(activation, answer)


class ListView(IntegrationView):
    """`activation/list`."""

    endpoint = _method(
        "List the activations of a user",
        ErrorCode.INVALID_REQUEST,
        request={"userId": "alice", "pageNumber": 0, "pageSize": 100},
        example=ActivationsOfUser(userId="alice", activations=[examples.LIST_ITEM]),
    )
    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationsOfUser:
        wanted = ActivationFilter(
            user_id=body["user_id"],
            application_id=body["application_id"],
            protocols=body["protocols"],
            states=body["activation_statuses"],
        )
        found = activation_queries.of_user(wanted, ListInput.page(body), at=at)
        return {
            "userId": body["user_id"],
            "activations": [outputs.list_item(activation) for activation in found],
        }


class HistoryView(IntegrationView):
    """`activation/history`."""

    endpoint = _method(
        "List what happened to an activation",
        ErrorCode.INVALID_REQUEST,
        request={**examples.BY_ID, "timestampFrom": "2024-10-01T00:00:00.000+00:00"},
        example=ActivationChanges(items=[examples.CHANGE]),
    )
    input_class = HistoryInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ActivationChanges:
        changes = activation_queries.history(
            body["activation_id"], since=body["timestamp_from"], until=body["timestamp_to"]
        )
        return {"items": [outputs.history_item(change) for change in changes]}
