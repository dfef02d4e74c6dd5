"""Reading activations: integration-api.md 7.8, 7.11 and 7.14."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import activation_queries, activation_status
from powerauth.engine.activations.activation_init import ActivationProtocol
from powerauth.engine.activations.activation_queries import ActivationFilter
from powerauth.engine.paging import Page
from powerauth.integration.activations import answers as outputs
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.fields import (
    Binary,
    EnumField,
    FlexibleDateTime,
    ListOf,
    Number,
    Text,
    WireEnumField,
)
from powerauth.models import ActivationState


class StatusInput(Input):
    """Which activation, and the challenge of its phone if there is one."""

    activation_id = Text()
    challenge = Binary()


class ListInput(Input):
    """Which activations of which user, and which page of them."""

    user_id = Text()
    application_id = Text()
    protocols = ListOf(WireEnumField(ActivationProtocol))
    page_number = Number()
    page_size = Number()
    activation_statuses = ListOf(EnumField(ActivationState))


class HistoryInput(Input):
    """Which activation, and between which moments."""

    activation_id = Text()
    timestamp_from = FlexibleDateTime()
    timestamp_to = FlexibleDateTime()


class StatusView(IntegrationView):
    """`activation/status`; an unknown activation is one that was removed."""

    input_class = StatusInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        activation = activation_status.current(body["activation_id"], at=at)
        answer = activation_status.answer(activation, body["challenge"])
        if activation is None:
            return outputs.unknown_status(body["activation_id"], answer)
        return outputs.status(activation, answer)


class ListView(IntegrationView):
    """`activation/list`."""

    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        wanted = ActivationFilter(
            user_id=body["user_id"],
            application_id=body["application_id"],
            protocols=body["protocols"],
            states=body["activation_statuses"],
        )
        page = Page.of(body["page_number"], body["page_size"])
        found = activation_queries.of_user(wanted, page, at=at)
        return {
            "userId": body["user_id"],
            "activations": [outputs.list_item(activation) for activation in found],
        }


class HistoryView(IntegrationView):
    """`activation/history`."""

    input_class = HistoryInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        changes = activation_queries.history(
            body["activation_id"], since=body["timestamp_from"], until=body["timestamp_to"]
        )
        return {"items": [outputs.history_item(change) for change in changes]}
