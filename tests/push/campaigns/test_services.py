"""Campaigns and their lists: push-and-inbox.md 8."""

import pytest
from django.utils import timezone

from push.campaigns import services
from push.campaigns.errors import CampaignRefused, Obstacle
from push.messages.values import PushMessage as Content
from push.messages.values import Text
from push.models import PushCampaign, PushCampaignUser, PushMessage
from tests.factories import ApplicationFactory
from tests.push.accounts import every_provider
from tests.push.outbox.providers import FakeProvider, device

pytestmark = [pytest.mark.django_db, pytest.mark.main_path]
NOW = timezone.now()
NEWS = Content(title=Text(text="News"), body=Text(text="Read our news"))


@pytest.fixture(autouse=True)
def retail(db: None) -> None:
    ApplicationFactory.create(id="retail")
    every_provider("retail")


def campaign(*user_ids: str) -> PushCampaign:
    made = services.create("retail", NEWS, at=NOW)
    services.add_users(made.pk, user_ids, at=NOW)
    return made


def refused(obstacle: Obstacle, call: object, *args: object, **kwargs: object) -> None:
    with pytest.raises(CampaignRefused) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.obstacle is obstacle


def test_a_campaign_keeps_its_message_as_json() -> None:
    assert services.body_of(PushCampaign.objects.get(pk=campaign().pk)) == {
        "title": "News",
        "body": "Read our news",
    }


def test_each_user_is_on_the_list_once_and_in_order() -> None:
    made = campaign("carol", "alice", "carol")
    services.add_users(made.pk, ["alice", "bob"], at=NOW)
    assert services.users(made.pk, offset=0, limit=10) == ["carol", "alice", "bob"]
    assert services.users(made.pk, offset=1, limit=1) == ["alice"]


def test_users_are_taken_off() -> None:
    made = campaign("carol", "alice")
    assert services.remove_users(made.pk, ["carol", "nobody"]) == 1
    assert services.users(made.pk, offset=0, limit=10) == ["alice"]


def test_a_campaign_is_sent_once_and_does_not_change_then() -> None:
    made = campaign("alice")
    services.begin(made.pk, at=NOW)
    refused(Obstacle.ALREADY_SENT, services.begin, made.pk, at=NOW)
    refused(Obstacle.ALREADY_SENT, services.add_users, made.pk, ["bob"], at=NOW)
    refused(Obstacle.ALREADY_SENT, services.remove_users, made.pk, ["alice"])
    assert services.users(made.pk, offset=0, limit=10) == ["alice"]


def test_a_campaign_to_nobody_is_not_sent() -> None:
    made = campaign()
    refused(Obstacle.NO_USERS, services.begin, made.pk, at=NOW)
    assert PushCampaign.objects.get().sent_at is None


def test_deleting_takes_the_list_along_but_nothing_under_way() -> None:
    made = campaign("alice")
    services.begin(made.pk, at=NOW)
    refused(Obstacle.UNDER_WAY, services.delete, made.pk)
    PushCampaign.objects.update(completed_at=NOW)
    assert services.delete(made.pk)
    assert not services.delete(made.pk)
    assert not PushCampaignUser.objects.exists()


def test_somebody_may_look_at_it_first() -> None:
    made = campaign("alice")
    device(1, user="tester")
    (key,) = services.write_to(made, "tester", at=NOW)
    provider = FakeProvider()
    provider.run()
    assert PushMessage.objects.get(pk=key).source == "test"
    assert [content.title.text for content, _ in provider.sent] == ["News"]
    assert PushCampaign.objects.get().sent_at is None


@pytest.mark.parametrize(
    ("name", "usable"),
    [("alice", True), ("a" * 255, True), ("a" * 256, False), ("", False), (" ", False), (7, False)],
)
def test_what_can_be_a_user(name: object, usable: bool) -> None:
    assert services.is_user_id(name) is usable
