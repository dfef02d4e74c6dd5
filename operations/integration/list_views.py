"""Lists of operations below `/rest/v3/operation/list`: integration-api.md 13."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from operations.decisions import listing
from operations.decisions.listing import OwnedBy
from operations.integration import examples
from operations.integration.presentation import BankOperation, operation_object
from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.fields import Text, TextList
from powerauth.integration.inputs.paging import PageInput
from powerauth.integration.words import method

_method = partial(method, "Operations")


class OfApplicationsInput(PageInput):
    """Operations of which applications, and which page of them."""

    applications = TextList(needed=True)


class ListInput(OfApplicationsInput):
    """Whose operations, and as which activation sees them."""

    user_id = Text(needed=True)
    activation_id = Text()

    @staticmethod
    def owner(body: Mapping[str, Any]) -> OwnedBy:
        return OwnedBy(
            user_id=body["user_id"],
            applications=body["applications"],
            activation_id=body["activation_id"],
        )


class ExternalInput(OfApplicationsInput):
    """Which operations, by the identifier that the back end gave them."""

    external_id = Text(needed=True)


class ListView(IntegrationView):
    """`operation/list`."""

    endpoint = _method(
        "List the operations of a user",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request=examples.PAGE_OF_USER,
        example=[examples.OPERATION],
    )
    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[BankOperation]:
        found = listing.of_user(ListInput.owner(body), ListInput.page(body))
        return [operation_object(operation, at=at) for operation in found]


class PendingListView(IntegrationView):
    """`operation/list/pending`."""

    endpoint = _method(
        "List what waits for a user's decision",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request=examples.PAGE_OF_USER,
        example=[examples.OPERATION],
    )
    input_class = ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[BankOperation]:
        found = listing.pending_of_user(ListInput.owner(body), ListInput.page(body), at=at)
        return [operation_object(operation, at=at, otp=True) for operation in found]


class ExternalListView(IntegrationView):
    """`operation/list/external`."""

    endpoint = _method(
        "List the operations with an identifier of the bank's own",
        ErrorCode.INVALID_REQUEST,
        ErrorCode.APPLICATION_NOT_FOUND,
        request={"externalId": "order-1001", "applications": ["my-application"]},
        example=[{**examples.OPERATION, "externalId": "order-1001"}],
    )
    input_class = ExternalInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[BankOperation]:
        found = listing.by_external_id(
            body["external_id"], body["applications"], ExternalInput.page(body)
        )
        return [operation_object(operation, at=at) for operation in found]
