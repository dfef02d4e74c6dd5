"""The lists of users of campaigns: push-and-inbox.md 8."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.envelope import Envelope
from powerauth.integration.push_server import PushServerView
from powerauth.integration.push_server_errors import EMPTY_REQUEST, BusinessFailure
from push.campaigns import services
from push.campaigns.errors import CampaignRefused
from push.integration.campaigns import answers, inputs
from push.integration.campaigns.common import (
    ALREADY_SENT,
    CHANGES,
    TAG,
    UNKNOWN_CAMPAIGN,
    refused,
    unknown,
)
from push.models import PushCampaign

_USERS = ["1234567890", "1234567891"]
_REFUSALS = (
    *(
        BusinessFailure(text)
        for text in (EMPTY_REQUEST, inputs.NO_USER_LIST, UNKNOWN_CAMPAIGN, ALREADY_SENT)
    ),
    inputs.no_users(),
)


class PageShown(TypedDict):
    """Which part of the list it is."""

    page: int
    size: int


class UserListView(PushServerView):
    """`push/campaign/{id}/user/list`: a part of the list, in the order in which it is sent."""

    endpoint = Endpoint(
        tag=TAG,
        summary="List the users of a campaign",
        description=(
            f"Pages are counted from 0, and have {inputs.DEFAULT_SIZE} users if they do not say "
            f"otherwise, {inputs.MAX_SIZE} at most."
        ),
        result=answers.CampaignUsers,
        beside=PageShown,
        result_example=answers.CampaignUsers(campaignId="10", users=_USERS),
        beside_example={"page": 0, "size": inputs.DEFAULT_SIZE},
        refusals=(BusinessFailure(UNKNOWN_CAMPAIGN), inputs.no_page()),
    )
    http_method_names = ["get"]
    input_class = inputs.PageInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> Envelope:
        campaign_id = body["campaign_id"]
        number, size = inputs.page(body)
        if not PushCampaign.objects.filter(pk=campaign_id).exists():
            raise unknown()
        return Envelope(
            payload=answers.CampaignUsers(
                campaignId=str(campaign_id),
                users=services.users(campaign_id, offset=number * size, limit=size),
            ),
            beside=PageShown(page=number, size=size),
        )


class AddUsersView(PushServerView):
    """`push/campaign/{id}/user/add`: put users on the list who are not."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Put users on the list of a campaign",
        description=f"At most {services.MAX_USERS} in one call; each stands there once.",
        example=_USERS,
        refusals=_REFUSALS,
    )
    http_method_names = ["post", "put"]
    input_class = inputs.UsersInput
    whole_member = "userIds"
    changes = CHANGES

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        _change(lambda: services.add_users(body["campaign_id"], inputs.user_ids(body), at=at))


class DeleteUsersView(PushServerView):
    """`push/campaign/{id}/user/delete`: take users off the list."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Take users off the list of a campaign",
        description="It succeeds for users who are not on it, too.",
        example=_USERS,
        refusals=_REFUSALS,
    )
    http_method_names = ["post", "delete"]
    input_class = inputs.UsersInput
    whole_member = "userIds"
    changes = CHANGES

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        _change(lambda: services.remove_users(body["campaign_id"], inputs.user_ids(body)))


def _change(change: Callable[[], int]) -> None:
    try:
        change()
    except PushCampaign.DoesNotExist as error:
        raise unknown() from error
    except CampaignRefused as error:
        raise refused(error) from error
