"""Sending campaigns in batches, so that what rings for an operation never waits long for them.

Each batch is a transaction of its own that moves a mark along the list: a worker that is killed
leaves it where the next one goes on, and no user is written to twice. A phone that several users of
the list share gets the message once, as the first of them: push-and-inbox.md 8.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from push.campaigns import services
from push.models import (
    DeliveryState,
    MessageSource,
    PushCampaign,
    PushCampaignUser,
    PushDelivery,
    PushDevice,
)
from push.models.device import of_same_phone
from push.outbox import writing

MOST_WAITING = 500  # deliveries of one campaign
BATCH = 250  # users
_OPEN = (DeliveryState.PENDING, DeliveryState.PROCESSING)


def advance(*, at: datetime) -> bool:
    """Write the next messages of each campaign under way; tell whether there is more at once."""
    under_way = PushCampaign.objects.filter(sent_at__isnull=False, completed_at=None)
    keys = list(under_way.order_by("pk").values_list("pk", flat=True))
    more = [_advance(key, at=at) for key in keys]
    return any(more)


@transaction.atomic(durable=True)
def _advance(campaign_id: int, *, at: datetime) -> bool:
    rows = PushCampaign.objects.select_for_update(skip_locked=True)
    campaign = rows.filter(pk=campaign_id, completed_at=None).first()
    if campaign is None:
        return False  # another worker has it
    waiting = _deliveries(campaign).filter(state__in=_OPEN)[:MOST_WAITING].count()
    if waiting >= MOST_WAITING:
        return False
    users = list(
        campaign.users.filter(pk__gt=campaign.written_up_to)
        .order_by("pk")
        .values_list("pk", "user_id")[:BATCH]
    )
    if users:
        _write(campaign, [name for _, name in users], at=at)
        campaign.written_up_to = users[-1][0]
        campaign.save(update_fields=["written_up_to"])
        return True
    if not waiting:
        campaign.completed_at = at
        campaign.save(update_fields=["completed_at"])
    return False


def _write(campaign: PushCampaign, user_ids: Sequence[str], *, at: datetime) -> None:
    chosen = list(_chosen(campaign, user_ids).values_list("activation_id", flat=True))
    source = MessageSource.CAMPAIGN.value
    writing.write(
        services.outgoing(campaign, user_ids, source=source, activation_ids=chosen), at=at
    )


def _chosen(campaign: PushCampaign, user_ids: Sequence[str]) -> QuerySet[PushDevice]:
    """Select devices of some users, but not those of a phone that an earlier one stands for."""
    listed = PushCampaignUser.objects.filter(campaign=campaign, user_id=OuterRef("user_id"))
    place = listed.values("pk")[:1]
    before = Q(place__lt=OuterRef("place")) | Q(place=OuterRef("place"), pk__lt=OuterRef("pk"))
    earlier = of_same_phone(PushDevice.objects.all()).annotate(place=place).filter(before)
    return (
        PushDevice.objects.annotate(place=place)
        .filter(application_id=campaign.application_id, user_id__in=user_ids)
        .exclude(Exists(earlier))
    )


def _deliveries(campaign: PushCampaign) -> QuerySet[PushDelivery]:
    return PushDelivery.objects.filter(
        message__source=MessageSource.CAMPAIGN, message__cause=services.cause_of(campaign)
    )
