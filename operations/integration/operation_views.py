"""Methods about operations below `/rest/v3/operation/`: integration-api.md 13."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations.audited import OPERATION
from operations.decisions import creation, listing, services
from operations.decisions.creation import NewOperation
from operations.decisions.listing import OwnedBy
from operations.integration.presentation import operation_object
from powerauth.engine.paging import Page
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.fields import (
    AnyMap,
    Flag,
    FlexibleDateTime,
    Number,
    Text,
    TextList,
    TextMap,
)


class CreateInput(Input):
    """What to ask a user."""

    user_id = Text()
    applications = TextList()
    activation_flag = Text()
    template_name = Text()
    timestamp_expires = FlexibleDateTime()
    external_id = Text()
    parameters = TextMap()
    additional_data = AnyMap()
    proximity_check_enabled = Flag()
    activation_id = Text()


class DetailInput(Input):
    """Which operation, and who takes it if it belongs to nobody."""

    operation_id = Text()
    user_id = Text()


class ReleaseInput(Input):
    """Which operation, and who has to have it."""

    operation_id = Text()
    user_id = Text()


class CancelInput(Input):
    """Which operation, and why it is not needed any more."""

    operation_id = Text()
    status_reason = Text()
    additional_data = AnyMap()


class PageInput(Input):
    """Which applications, and which page."""

    applications = TextList()
    page_number = Number()
    page_size = Number()

    @staticmethod
    def page(body: Mapping[str, Any]) -> Page:
        return Page.of(body["page_number"], body["page_size"])


class ListInput(PageInput):
    """Whose operations, and as which activation sees them."""

    user_id = Text()
    activation_id = Text()

    @staticmethod
    def owner(body: Mapping[str, Any]) -> OwnedBy:
        return OwnedBy(
            user_id=body["user_id"],
            applications=body["applications"],
            activation_id=body["activation_id"],
        )


class ExternalInput(PageInput):
    """Which operations, by the identifier that the back end gave them."""

    external_id = Text()


class CreateView(IntegrationView):
    """`operation/create`."""

    input_class = CreateInput
    changes = Changes(kind=OPERATION, made="id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
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
        return operation_object(creation.create(wanted, at=at), at=at, otp=True)


class DetailView(IntegrationView):
    """`operation/detail`; with a user it also claims."""

    input_class = DetailInput
    changes = Changes(kind=OPERATION, given=("operation_id",), if_given="user_id")

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        if body["user_id"] is None:
            operation = listing.get(body["operation_id"])
        else:
            operation = services.claim(body["operation_id"], user_id=body["user_id"], at=at)
        return operation_object(operation, at=at, otp=True, device=True)


class ClaimView(IntegrationView):
    """`operation/claim`."""

    input_class = DetailInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        operation = services.claim(body["operation_id"], user_id=body["user_id"], at=at)
        return operation_object(operation, at=at, device=True)


class ReleaseView(IntegrationView):
    """`operation/claim/release`, which is our own: what a user has claimed waits for anybody."""

    input_class = ReleaseInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        operation = services.release(body["operation_id"], user_id=body["user_id"], at=at)
        return operation_object(operation, at=at, device=True)


class CancelView(IntegrationView):
    """`operation/cancel`."""

    input_class = CancelInput
    changes = Changes(kind=OPERATION, given=("operation_id",))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        operation = services.cancel(
            body["operation_id"],
            reason=body["status_reason"],
            additional_data=body["additional_data"],
            at=at,
        )
        return operation_object(operation, at=at, device=True)


class ListView(IntegrationView):
    """`operation/list`."""

    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[dict[str, Any]]:
        found = listing.of_user(ListInput.owner(body), ListInput.page(body))
        return [operation_object(operation, at=at) for operation in found]


class PendingListView(IntegrationView):
    """`operation/list/pending`."""

    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[dict[str, Any]]:
        found = listing.pending_of_user(ListInput.owner(body), ListInput.page(body), at=at)
        return [operation_object(operation, at=at, otp=True) for operation in found]


class ExternalListView(IntegrationView):
    """`operation/list/external`."""

    input_class = ExternalInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[dict[str, Any]]:
        found = listing.by_external_id(
            body["external_id"], body["applications"], ExternalInput.page(body)
        )
        return [operation_object(operation, at=at) for operation in found]
