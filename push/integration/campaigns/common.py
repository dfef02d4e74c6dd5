"""What the methods about campaigns have in common: push-and-inbox.md 8."""

from rest_framework.request import Request
from rest_framework.response import Response

from powerauth.integration.api import IntegrationView
from powerauth.integration.changes import Changes
from powerauth.integration.push_server import PushServerView
from powerauth.integration.push_server_errors import BusinessFailure
from push.audited import CAMPAIGN
from push.campaigns.errors import CampaignRefused, Obstacle

TAG = "Push: campaigns"
UNKNOWN_CAMPAIGN = "Campaign with entered ID does not exist"
ALREADY_SENT = "The campaign has been sent."
NO_USERS = "The campaign has no users."
UNDER_WAY = "The campaign is being sent."
_TEXTS = {
    Obstacle.ALREADY_SENT: ALREADY_SENT,
    Obstacle.NO_USERS: NO_USERS,
    Obstacle.UNDER_WAY: UNDER_WAY,
}
CHANGES = Changes(kind=CAMPAIGN, given=("campaign_id",))


class CampaignCommand(PushServerView):
    """A method without arguments: a body may be there, and nobody reads it."""

    http_method_names = ["post"]

    def post(self, request: Request, **in_path: object) -> Response:
        return IntegrationView.post(self, request)

    delete = post


def refused(error: CampaignRefused) -> BusinessFailure:
    """Say on the wire what a campaign does not allow."""
    return BusinessFailure(_TEXTS[error.obstacle])


def unknown() -> BusinessFailure:
    """Say that there is no such campaign."""
    return BusinessFailure(UNKNOWN_CAMPAIGN)
