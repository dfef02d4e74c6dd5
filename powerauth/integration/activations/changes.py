"""Naming, finding and correcting activations: integration-api.md 7.7, 7.12 and 7.13."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from powerauth.engine.activations import activation_queries, lifecycle
from powerauth.engine.activations.activation_queries import ActivationCriteria
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.errors import ErrorCode
from powerauth.integration.activations import answers as outputs
from powerauth.integration.activations import examples
from powerauth.integration.activations.one_activation import ActivationChangeView, ActivationInput
from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import EnumField, Text, TextList
from powerauth.integration.inputs.times import FlexibleDateTime
from powerauth.integration.inputs.validation import check, not_blank
from powerauth.integration.names import StateName
from powerauth.integration.words import method
from powerauth.models import ActivationState

_method = partial(method, "Activations")


class NameInput(ActivationInput):
    """Which activation, its new name, and who in the bank gives it."""

    activation_name = Text(needed=True)
    external_user_id = Text(needed=True)


class LookupInput(Input):
    """Which activations of which users."""

    user_ids = TextList(needed=True)
    application_ids = TextList()
    timestamp_last_used_before = FlexibleDateTime()
    timestamp_last_used_after = FlexibleDateTime()
    activation_status = EnumField(ActivationState)
    activation_flags = TextList()


class StatesInput(Input):
    """Which activations, and the state that all of them shall be in."""

    activation_ids = TextList(needed=True)
    activation_status = EnumField(ActivationState, needed=True)


class RenamedActivation(TypedDict):
    """An activation with its new name."""

    activationId: str
    activationName: str
    activationStatus: StateName


class FoundActivations(TypedDict):
    """The activations that fit."""

    activations: list[outputs.ActivationListItem]


class ChangedActivations(TypedDict):
    """That all of them are in the state."""

    updated: bool


_RENAMED: RenamedActivation = {
    "activationId": examples.ID,
    "activationName": "Petr's iPhone 7",
    "activationStatus": "ACTIVE",
}


class UpdateNameView(ActivationChangeView):
    """`activation/name/update`, where `externalUserId` is mandatory."""

    endpoint = _method(
        "Rename an activation",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_NOT_FOUND,
        ErrorCode.ACTIVATION_STATE,
        description="All three members are mandatory.",
        request={**examples.BY_CLERK, "activationName": "Petr's iPhone 7"},
        example=_RENAMED,
    )
    input_class = NameInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> RenamedActivation:
        check(
            {
                "activationId": not_blank(body["activation_id"]),
                "activationName": not_blank(body["activation_name"]),
                "externalUserId": not_blank(body["external_user_id"]),
            }
        )
        activation = lifecycle.rename(
            body["activation_id"],
            name=body["activation_name"],
            external_user_id=body["external_user_id"],
            at=at,
        )
        self.noted(activation)
        return {
            "activationId": str(activation.id),
            "activationName": activation.name,
            "activationStatus": outputs.state_name(activation.state),
        }


class LookupView(IntegrationView):
    """`activation/lookup`."""

    endpoint = _method(
        "Find activations of several users",
        ErrorCode.INVALID_REQUEST,
        description=(
            "`timestampLastUsedBefore` is exclusive, `timestampLastUsedAfter` inclusive; an "
            "activation has to have all of `activationFlags`."
        ),
        request={
            "userIds": ["alice", "bob"],
            "applicationIds": ["my-application"],
            "timestampLastUsedAfter": "2024-10-01T00:00:00.000+00:00",
            "activationStatus": "ACTIVE",
        },
        example=FoundActivations(activations=[examples.LIST_ITEM]),
    )
    input_class = LookupInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> FoundActivations:
        found = activation_queries.lookup(
            ActivationCriteria(
                user_ids=body["user_ids"],
                application_ids=body["application_ids"],
                used_before=body["timestamp_last_used_before"],
                used_since=body["timestamp_last_used_after"],
                state=body["activation_status"],
                flags=body["activation_flags"],
            )
        )
        return {"activations": [outputs.list_item(activation) for activation in found]}


class UpdateStatusView(IntegrationView):
    """`activation/status/update`: all of them or none."""

    endpoint = _method(
        "Bring activations into a state",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.ACTIVATION_STATE,
        description=(
            "From any other state, except that a removed activation stays removed: if there is "
            "one among them, nothing changes. Unknown activations are skipped."
        ),
        request={"activationIds": [examples.ID], "activationStatus": "BLOCKED"},
        example=ChangedActivations(updated=True),
    )
    input_class = StatesInput
    changes = Changes(kind=ACTIVATION, each="activation_ids")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ChangedActivations:
        lifecycle.set_state(body["activation_ids"], body["activation_status"], at=at)
        return {"updated": True}
