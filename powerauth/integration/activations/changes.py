"""Naming, finding and correcting activations: integration-api.md 7.7, 7.12 and 7.13."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.engine.activations import activation_queries, lifecycle
from powerauth.engine.activations.activation_queries import ActivationCriteria
from powerauth.engine.audit.audited_kinds import ACTIVATION
from powerauth.integration.activations import answers as outputs
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import EnumField, FlexibleDateTime, Text, TextList
from powerauth.integration.validation import check, not_blank
from powerauth.models import ActivationState


class NameInput(Input):
    """Which activation, its new name, and who in the bank gives it."""

    activation_id = Text()
    activation_name = Text()
    external_user_id = Text()


class LookupInput(Input):
    """Which activations of which users."""

    user_ids = TextList()
    application_ids = TextList()
    timestamp_last_used_before = FlexibleDateTime()
    timestamp_last_used_after = FlexibleDateTime()
    activation_status = EnumField(ActivationState)
    activation_flags = TextList()


class StatesInput(Input):
    """Which activations, and the state that all of them shall be in."""

    activation_ids = TextList()
    activation_status = EnumField(ActivationState)


class UpdateNameView(IntegrationView):
    """`activation/name/update`, where `externalUserId` is mandatory."""

    input_class = NameInput
    changes = Changes(kind=ACTIVATION, given=("activation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
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
        return {
            "activationId": str(activation.id),
            "activationName": activation.name,
            "activationStatus": outputs.state_name(activation.state),
        }


class LookupView(IntegrationView):
    """`activation/lookup`."""

    input_class = LookupInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
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

    input_class = StatesInput
    changes = Changes(kind=ACTIVATION, each="activation_ids")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        lifecycle.set_state(body["activation_ids"], body["activation_status"], at=at)
        return {"updated": True}
