"""Campaigns as back ends see them: push-and-inbox.md 8."""

from datetime import datetime
from typing import Annotated, Any, TypedDict

from enrollment_server.api.contract.shapes import Shape
from push.campaigns import services
from push.models import PushCampaign


class NewCampaign(TypedDict):
    """How the new campaign is named."""

    id: str


class DeletedCampaign(TypedDict):
    """Whether there was such a campaign."""

    deleted: bool


class Campaign(TypedDict):
    """A message for many users."""

    id: str
    appId: str
    sent: Annotated[bool, Shape("It is sent, or being sent.")]
    message: dict[str, Any]


class CampaignDetail(Campaign):
    """A message for many users, and how far it has come."""

    timestampCreated: datetime
    timestampSent: datetime | None
    timestampCompleted: Annotated[datetime | None, Shape("Every device has it, or never will.")]


class CampaignUsers(TypedDict):
    """A part of the list of a campaign."""

    campaignId: str
    users: list[str]


def present(campaign: PushCampaign) -> Campaign:
    """Give a campaign of a list."""
    return {
        "id": str(campaign.pk),
        "appId": campaign.application_id,
        "sent": campaign.sent_at is not None,
        "message": services.body_of(campaign),
    }


def present_detail(campaign: PushCampaign) -> CampaignDetail:
    """Give one campaign."""
    return {
        **present(campaign),
        "timestampCreated": campaign.created_at,
        "timestampSent": campaign.sent_at,
        "timestampCompleted": campaign.completed_at,
    }
