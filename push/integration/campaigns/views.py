"""Campaigns, and sending them: push-and-inbox.md 8."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth import known_applications
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView, require
from powerauth.integration.push_server_errors import (
    EMPTY_REQUEST,
    NO_APPLICATION,
    NO_USER,
    UNKNOWN_APPLICATION,
    BusinessFailure,
)
from push.audited import CAMPAIGN
from push.campaigns import services
from push.campaigns.errors import CampaignRefused
from push.integration.campaigns import answers, inputs
from push.integration.campaigns.common import (
    ALREADY_SENT,
    CHANGES,
    NO_USERS,
    TAG,
    UNDER_WAY,
    UNKNOWN_CAMPAIGN,
    CampaignCommand,
    refused,
    unknown,
)
from push.integration.messages.inputs import NO_MESSAGE, check_sendable, content
from push.models import PushCampaign
from push.outbox import policy, waiting

MOST_LISTED = 1000  # campaigns; older ones are found by their identifiers
_MESSAGE = {
    "title": "Balance update",
    "body": "Your balance is now $745.00",
    "sound": "default",
    "category": "balance-update",
    "extras": {"_comment": "Any JSON."},
}
_EXAMPLE = answers.Campaign(id="10", appId="mobile-app", sent=False, message=_MESSAGE)


class CreateView(PushServerView):
    """`push/campaign/create`: make a campaign, with nobody on its list."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Make a campaign",
        description="Users are added to its list, and then it is sent, once.",
        example={"appId": "mobile-app", "message": _MESSAGE},
        result_example=answers.NewCampaign(id="10"),
        refusals=tuple(
            BusinessFailure(text)
            for text in (EMPTY_REQUEST, NO_APPLICATION, NO_MESSAGE, UNKNOWN_APPLICATION)
        ),
    )
    input_class = inputs.CreateInput
    changes = Changes(kind=CAMPAIGN, made="id")

    def prepare(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"app_id": NO_APPLICATION})
        self._is_known = bool(known_applications.existing([body["app_id"]]))

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.NewCampaign:
        if body["message"] is None:
            raise BusinessFailure(NO_MESSAGE)
        message = content(body["message"])
        check_sendable(message, at=at)
        if not self._is_known:
            raise BusinessFailure(UNKNOWN_APPLICATION)
        campaign = services.create(body["app_id"], message, at=at)
        return {"id": str(campaign.pk)}


class ListView(PushServerView):
    """`push/campaign/list`: campaigns that wait to be sent, or all; newest first."""

    endpoint = Endpoint(
        tag=TAG,
        summary="List campaigns",
        description=f"Those that wait to be sent, or all; the newest {MOST_LISTED}.",
        result_example=[_EXAMPLE],
    )
    http_method_names = ["get"]
    input_class = inputs.ListInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> list[answers.Campaign]:
        rows = PushCampaign.objects.order_by("-pk")
        if not body["all"]:
            rows = rows.filter(sent_at=None)
        return [answers.present(campaign) for campaign in rows[:MOST_LISTED]]


class DetailView(PushServerView):
    """`push/campaign/{id}/detail`: one campaign, and how far it has come."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Show a campaign",
        result_example=answers.CampaignDetail(
            **_EXAMPLE,
            timestampCreated=datetime.fromisoformat("2022-08-25T22:34:58.702+00:00"),
            timestampSent=None,
            timestampCompleted=None,
        ),
        refusals=(BusinessFailure(UNKNOWN_CAMPAIGN),),
    )
    http_method_names = ["get"]

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.CampaignDetail:
        return answers.present_detail(_found(body))


class DeleteView(CampaignCommand):
    """`push/campaign/{id}/delete`: delete a campaign and its list."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Delete a campaign and its list",
        description="Not while it is being sent. It succeeds if there is none, too.",
        result_example=answers.DeletedCampaign(deleted=True),
        refusals=(BusinessFailure(UNDER_WAY),),
    )
    http_method_names = ["post", "delete"]
    changes = CHANGES

    def call(self, body: Mapping[str, Any], *, at: datetime) -> answers.DeletedCampaign:
        try:
            return {"deleted": services.delete(body["campaign_id"])}
        except CampaignRefused as error:
            raise refused(error) from error


class SendTestView(PushServerView):
    """`push/campaign/send/test/{id}`: show a campaign to one user first."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Send a campaign to one user, to look at it",
        description="It waits for the answers of the providers, but not for long.",
        example={"userId": "1234567890"},
        refusals=tuple(
            BusinessFailure(text) for text in (EMPTY_REQUEST, NO_USER, UNKNOWN_CAMPAIGN)
        ),
    )
    input_class = inputs.UserInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        require(body, {"user_id": NO_USER})
        keys = services.write_to(_found(body), body["user_id"], at=at)
        waiting.wait(keys, timeout_s=policy.synchronous_timeout_s())


class SendLiveView(CampaignCommand):
    """`push/campaign/send/live/{id}`: let the worker send a campaign to its users."""

    endpoint = Endpoint(
        tag=TAG,
        summary="Send a campaign to its users",
        description=(
            "The worker sends it, each phone once; `detail` tells when it is complete. A second "
            "call is refused, so that nobody gets it twice."
        ),
        refusals=tuple(
            BusinessFailure(text) for text in (UNKNOWN_CAMPAIGN, ALREADY_SENT, NO_USERS)
        ),
    )
    changes = CHANGES

    def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
        try:
            services.begin(body["campaign_id"], at=at)
        except PushCampaign.DoesNotExist as error:
            raise unknown() from error
        except CampaignRefused as error:
            raise refused(error) from error


def _found(body: Mapping[str, Any]) -> PushCampaign:
    campaign = PushCampaign.objects.filter(pk=body["campaign_id"]).first()
    if campaign is None:
        raise unknown()
    return campaign
