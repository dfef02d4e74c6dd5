"""How far campaigns have come, for people who watch them."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from push.campaigns.services import cause_of
from push.models import (
    DeliveryState,
    MessageSource,
    PushCampaign,
    PushCampaignUser,
    PushDelivery,
)

_OPEN = (DeliveryState.PENDING, DeliveryState.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What has become of a campaign.

    Args:
        users: on its list.
        written: users of them that it has been written to, as far as they have devices.
        sent, failed, pending: devices; what was too late has failed. They are forgotten when the
            messages are.
    """

    users: int
    written: int
    sent: int
    failed: int
    pending: int


def progress(campaign: PushCampaign) -> Progress:
    """Count it; two statements, of which one reads the list and one the deliveries."""
    listed = campaign.users.aggregate(
        users=Count("pk"), written=Count("pk", filter=Q(pk__lte=campaign.written_up_to))
    )
    rows = PushDelivery.objects.filter(
        message__source=MessageSource.CAMPAIGN, message__cause=cause_of(campaign)
    )
    states = Counter(dict(rows.order_by().values_list("state").annotate(Count("pk"))))
    pending = sum(states[state] for state in _OPEN)
    sent = states[DeliveryState.SENT]
    return Progress(**listed, sent=sent, pending=pending, failed=states.total() - sent - pending)


def with_written(campaigns: QuerySet[PushCampaign]) -> QuerySet[PushCampaign]:
    """Add `user_count` and `written_count` to those under way, and None to the others."""
    under_way = Q(sent_at__isnull=False, completed_at=None)
    users = PushCampaignUser.objects.filter(campaign=OuterRef("pk"))
    written = users.filter(pk__lte=OuterRef("written_up_to"))
    return campaigns.annotate(
        user_count=Case(When(under_way, then=_number(users)), output_field=IntegerField()),
        written_count=Case(When(under_way, then=_number(written)), output_field=IntegerField()),
    )


def _number(users: QuerySet[PushCampaignUser]) -> Subquery:
    counted = users.order_by().values("campaign").annotate(number=Count("pk"))
    return Subquery(counted.values("number"))
