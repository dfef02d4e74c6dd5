"""What can be done with a campaign, and why it cannot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from powerauth.admin.framework.confirmation import Call, Verb
from powerauth.errors import EngineRefusal, ErrorCode
from push.campaigns import services
from push.campaigns.errors import CampaignRefused, Obstacle
from push.models import PushCampaign

_OBSTACLES = {
    Obstacle.NO_USERS: _("There is nobody on its list."),
    Obstacle.ALREADY_SENT: _("It was sent already."),
    Obstacle.UNDER_WAY: _("It is being sent."),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Say what a campaign refuses with as the engine does, so that the page shows it."""
    try:
        yield
    except CampaignRefused as refusal:
        raise EngineRefusal(ErrorCode.UNKNOWN, str(_OBSTACLES[refusal.obstacle])) from refusal


def is_unsent(campaign: PushCampaign) -> bool:
    """Tell whether a campaign still waits for somebody to send it."""
    return campaign.sent_at is None


def title_of(campaign: PushCampaign) -> str:
    """Give what people know a campaign by."""
    body: Mapping[str, Any] = services.body_of(campaign)
    return str(body.get("title") or body.get("titleLocKey") or "-")


def _is_at_rest(campaign: PushCampaign) -> bool:
    return campaign.sent_at is None or campaign.completed_at is not None


def _send(campaign: PushCampaign, call: Call) -> None:
    with refusing():
        services.begin(campaign.pk, at=timezone.now())


def _delete(campaign: PushCampaign, call: Call) -> None:
    with refusing():
        services.delete(campaign.pk)


def _facts(campaign: PushCampaign) -> Mapping[str, str]:
    return {
        gettext("Application"): campaign.application_id,
        gettext("Title"): title_of(campaign),
        gettext("Users"): str(campaign.users.count()),
    }


SEND = Verb(
    name="send",
    permission="send",
    icon="send",
    title=_("Send campaign"),
    question=_("Do you want to send this message to all users on the list? It cannot be stopped."),
    logged=_("Sent."),
    apply=_send,
    possible=is_unsent,
    impossible=_OBSTACLES[Obstacle.ALREADY_SENT],
    facts=_facts,
)
DELETE = Verb(
    name="delete_campaigns",
    permission="erase",
    icon="delete",
    title=_("Delete campaigns"),
    question=_("Do you want to delete these campaigns and their lists of users?"),
    logged=_("Deleted."),
    apply=_delete,
    possible=_is_at_rest,
    impossible=_OBSTACLES[Obstacle.UNDER_WAY],
)
