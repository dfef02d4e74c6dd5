"""Campaigns and their lists of users: push-and-inbox.md 8.

A campaign is sent once. Then neither its list nor its message changes any more, so that what the
worker sends is what somebody wanted to be sent.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from push.campaigns.errors import CampaignRefused, Obstacle
from push.messages.stored import from_json, to_json
from push.messages.values import PushMessage
from push.models import ID_LENGTH, MessageSource, PushCampaign, PushCampaignUser
from push.outbox import writing
from push.outbox.values import Outgoing

MAX_USERS = 10_000  # that one call may name
_BATCH = 1000


def body_of(campaign: PushCampaign) -> dict[str, Any]:
    """Give the body of a campaign's message as it was read."""
    body: dict[str, Any] = campaign.content["body"]
    return body


def create(application_id: str, message: PushMessage, *, at: datetime) -> PushCampaign:
    """Make a campaign of an application that is there, with nobody on its list."""
    return PushCampaign.objects.create(
        application_id=application_id, content=to_json(message), created_at=at
    )


@transaction.atomic
def delete(campaign_id: int) -> bool:
    """Delete a campaign and its list; False if there is none.

    Raises:
        CampaignRefused: UNDER_WAY.
    """
    campaign = PushCampaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        return False
    if campaign.sent_at is not None and campaign.completed_at is None:
        raise CampaignRefused(Obstacle.UNDER_WAY)
    campaign.delete()
    return True


@transaction.atomic
def add_users(campaign_id: int, user_ids: Iterable[str], *, at: datetime) -> int:
    """Put users on the list who are not; give how many names were given, each counted once.

    Args:
        user_ids: at most `MAX_USERS`, of 1 to 255 characters.

    Raises:
        CampaignRefused: ALREADY_SENT.
        PushCampaign.DoesNotExist
    """
    campaign = _unsent(campaign_id)
    names = list(dict.fromkeys(user_ids))
    PushCampaignUser.objects.bulk_create(
        (PushCampaignUser(campaign=campaign, user_id=name, added_at=at) for name in names),
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    return len(names)


@transaction.atomic
def remove_users(campaign_id: int, user_ids: Iterable[str]) -> int:
    """Take users off the list; refuses as `add_users`, and gives how many were on it."""
    campaign = _unsent(campaign_id)
    removed, _ = campaign.users.filter(user_id__in=list(dict.fromkeys(user_ids))).delete()
    return removed


def users(campaign_id: int, *, offset: int, limit: int) -> list[str]:
    """Give a part of the list in the order in which it is sent."""
    rows = PushCampaignUser.objects.filter(campaign_id=campaign_id).order_by("pk")
    return list(rows.values_list("user_id", flat=True)[offset : offset + limit])


@transaction.atomic
def begin(campaign_id: int, *, at: datetime) -> PushCampaign:
    """Let the worker send a campaign.

    Raises:
        CampaignRefused: ALREADY_SENT, NO_USERS.
        PushCampaign.DoesNotExist
    """
    campaign = _unsent(campaign_id)
    if not campaign.users.exists():
        raise CampaignRefused(Obstacle.NO_USERS)
    campaign.sent_at = at
    campaign.save(update_fields=["sent_at"])
    return campaign


@transaction.atomic
def write_to(campaign: PushCampaign, user_id: str, *, at: datetime) -> list[int]:
    """Write a campaign's message to one user who looks at it first; give the messages' keys."""
    return writing.write(
        outgoing(campaign, [user_id], source=MessageSource.TEST.value, activation_ids=None), at=at
    )


def outgoing(
    campaign: PushCampaign,
    user_ids: Sequence[str],
    *,
    source: str,
    activation_ids: Sequence[str] | None,
) -> Outgoing:
    """Give a campaign's message to some users; see `Outgoing`."""
    return Outgoing(
        application_ids=[campaign.application_id],
        user_ids=user_ids,
        source=source,
        cause=cause_of(campaign),
        message=from_json(campaign.content),
        activation_ids=activation_ids,
    )


def cause_of(campaign: PushCampaign) -> str:
    """Give what the messages of a campaign name as their cause."""
    return f"campaign:{campaign.pk}"


def is_user_id(name: object) -> bool:
    """Tell whether a text can be a user."""
    return isinstance(name, str) and 0 < len(name) <= ID_LENGTH and bool(name.strip())


def _unsent(campaign_id: int) -> PushCampaign:
    campaign = PushCampaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.sent_at is not None:
        raise CampaignRefused(Obstacle.ALREADY_SENT)
    return campaign
